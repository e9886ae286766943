import { expect, it } from "vitest";
import { SUPPORT } from "#components/support";
import { ADDONS, CHARTS, type ChartPin, KUBERNETES, VERSIONS_READ } from "#components/versions";
import { isDay } from "#policies/day";
import { DIFFERENCES, versionLines } from "#rehearsal/differences";
import { moduleFolder } from "#toolchain/cache";
import { readPins } from "#toolchain/crds";
import { CATALOGUE } from "#toolchain/tools";

type ChartName = keyof typeof CHARTS;
const names = Object.keys(CHARTS) as ChartName[];
const plain = (version: string): string => version.replace(/^v/, "");
const app = (name: ChartName): string => SUPPORT[name].app ?? plain(CHARTS[name].version);
const definitions = await readPins(moduleFolder("crds"));
const defined = (module: string): string => plain(definitions.get(module)?.version ?? "nothing");

/** What an account gets, and what a rehearsal runs. The version of Argo Rollouts in its chart was not to be read. */
const PAIRS: readonly (readonly [what: string, deployed: string, rehearsed: string])[] = [
  ["Kubernetes", KUBERNETES.default, CATALOGUE.controlplane.version.replace(/\.\d+$/, "")],
  ["Istio", app("istiod"), CATALOGUE.istiod.version],
  ["cert-manager's definitions", app("certManager"), defined("github.com/cert-manager/cert-manager")],
  ["External Secrets' definitions", app("externalSecrets"), defined("github.com/external-secrets/external-secrets")],
  ["Karpenter's definitions", app("karpenterCrds"), defined("sigs.k8s.io/karpenter")],
  ["Karpenter's definitions for AWS", app("karpenterCrds"), defined("github.com/aws/karpenter-provider-aws")],
  ["Kueue's definitions", app("kueue"), defined("sigs.k8s.io/kueue")],
  ["Prometheus operator's definitions", app("prometheusCrds"), defined("github.com/prometheus-operator/prometheus-operator")],
  // kube-prometheus-stack 88.5.3 runs this image.
  ["Prometheus", "3.14.0", CATALOGUE.prometheus.version],
  ["Argo Rollouts' definitions", CATALOGUE.rollouts.version, defined("github.com/argoproj/argo-rollouts")],
];

it("what is rehearsed in another version than deployed is listed with both versions, and nothing else is", () => {
  const found = PAIRS.filter(([, deployed, rehearsed]) => deployed !== rehearsed);
  expect(found).toEqual(DIFFERENCES.map(({ what, deployed, rehearsed }) => [what, deployed, rehearsed]));
  expect(DIFFERENCES.filter(({ since, reason }) => !isDay(since) || reason.length < 20)).toEqual([]);
});

it.each(names)("chart %s is of the line whose support is known, with an end or a reason why there is none", (name) => {
  const { line, ends, policy, source } = SUPPORT[name];
  expect(plain(CHARTS[name].version).startsWith(line)).toBe(true);
  expect([ends, policy].filter((each) => each !== undefined)).toHaveLength(1);
  expect(ends === undefined || isDay(ends)).toBe(true);
  expect(source.length).toBeGreaterThan(10);
});

/** Charts that do not support the default Kubernetes version, known and to be moved. */
const BEHIND = ["externalSecrets"];

const minor = (version: string): number => Number(version.split(".")[1]);

it("charts support the default Kubernetes version", () => {
  const outside = names.filter((name) => {
    const [oldest, newest] = SUPPORT[name].kubernetes ?? [KUBERNETES.default, KUBERNETES.default];
    return minor(KUBERNETES.default) < minor(oldest) || minor(KUBERNETES.default) > minor(newest);
  });
  expect(outside).toEqual(BEHIND);
});

it("charts of one project have one version", () => {
  const pins: Readonly<Record<string, ChartPin>> = CHARTS;
  for (const [one, ...others] of [
    ["istioBase", "istiod", "istioGateway"],
    ["karpenter", "karpenterCrds"],
  ]) {
    expect(others.map((name) => pins[name]?.version)).toEqual(others.map(() => pins[one!]?.version));
  }
});

it("kube-proxy is of the Kubernetes version of its cluster", () => {
  expect(ADDONS["kube-proxy"]).toMatch(new RegExp(`^v${KUBERNETES.default}\\.`));
});

it("the screen of a rehearsal says every difference, and what is out of support on the day", () => {
  expect(isDay(VERSIONS_READ)).toBe(true);
  const end = KUBERNETES.standardSupportEnds[KUBERNETES.default];
  expect(versionLines(end)).toEqual(expect.arrayContaining([expect.stringMatching(/^Istio: rehearsed 1\.31\.0-main/)]));
  expect(versionLines(end).join("\n")).not.toContain("Kubernetes on EKS");
  expect(versionLines("2028-11-28")).toContain(`Kubernetes on EKS ${KUBERNETES.default}: out of support since ${end}`);
});
