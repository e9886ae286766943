import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { archiveOf, chartName } from "#components/chart";
import { podsOfRelease } from "#components/pods/chart-pods";
import { CHARTS, type ChartPin } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";
import { resourcesOf } from "#plan/policy";
import { type Recorded, record } from "#plan/record";
import { evaluate, sentence } from "#policies/evaluate";
import type { Resource } from "#policies/resource";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { runStack } from "#stacks/layers";
import { configOf, referencesOf, stackOf } from "../harness/stacks.ts";
import { exceptions, ruleOf } from "../policies/harness.ts";
import { TODAY } from "../policies/sample.ts";
import { CHART_NAMES } from "./charts/charts.ts";

const REGISTRY = "oci://registry.example.com/mirror";

// Below the project, as the setting wants it, and outside of what others look at.
const folder = mkdtempSync(join(PROJECT_FOLDER, "test/.charts-"));
beforeAll(() => {
  mkdirSync(join(folder, "charts"));
  for (const { chart, version } of Object.values<ChartPin>(CHARTS)) {
    writeFileSync(join(folder, "charts", archiveOf({ name: chartName(chart), version })), "");
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const FOLDER = `${relative(PROJECT_FOLDER, folder)}/charts`;

/** The platform of an environment whose config names a place of charts. */
async function platform(environment: EnvironmentName, charts: string): Promise<Recorded[]> {
  const { config, ...rest } = configOf("platform", environment);
  const { resources } = await record(() => runStack(`platform-${environment}`), {
    stack: `platform-${environment}`,
    references: await referencesOf("platform", environment),
    ...rest,
    config: { ...config, "millrace:charts": charts },
  });
  return resources;
}

const releases = (resources: readonly Recorded[]): Recorded[] =>
  resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");

const places: [what: string, charts: string, placeOf: (pin: ChartPin) => string][] = [
  ["a registry", REGISTRY, ({ chart }) => `${REGISTRY}/${chartName(chart)}`],
  ["a folder", FOLDER, ({ chart, version }) => `./${FOLDER}/${archiveOf({ name: chartName(chart), version })}`],
];

describe.each(ENVIRONMENTS)("charts of %s", (environment) => {
  it.each(places)("come from %s, each in its pinned version, with nothing else changed", async (_, charts, placeOf) => {
    const moved = releases(await platform(environment, charts));
    const pins: ChartPin[] = CHART_NAMES.map((name) => CHARTS[name]);
    expect(new Set(moved.map(({ inputs }) => inputs["chart"]))).toEqual(new Set(pins.map(placeOf)));
    expect(moved).toHaveLength(pins.length);
    const published = releases((await stackOf("platform", environment)).resources);
    const rest = ({ name, inputs }: Recorded) => {
      const { chart: _, repositoryOpts: __, ...same } = inputs;
      return { name, ...same, pods: podsOfRelease(inputs) };
    };
    const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);
    expect(moved.map(rest).toSorted(byName)).toEqual(published.map(rest).toSorted(byName));
    expect(moved.map(({ inputs }) => inputs["repositoryOpts"])).toEqual(moved.map(() => undefined));
  });

  it.each(places)("from %s keep the rules that know it, and no others do", async (_, charts) => {
    const resources = resourcesOf({ layer: "platform", registrations: await platform(environment, charts) }, environment);
    expect(saidOf(resources, environment, charts)).toEqual([]);
    const others = releases((await stackOf("platform", environment)).resources);
    const published = resourcesOf({ layer: "platform", registrations: others }, environment);
    expect(saidOf(published, environment, charts)).toHaveLength(others.length);
    expect(saidOf(resources, environment, "oci://registry.example.com/mirro")).toHaveLength(others.length);
  });
});

it("a rule that knows one place of charts says which chart comes from elsewhere", async () => {
  const { resources } = await stackOf("platform", "prod");
  const said = saidOf(resourcesOf({ layer: "platform", registrations: resources }, "prod"), "prod", REGISTRY);
  expect(said).toContain(
    `CTL-03 platform-prod/certificates-controller: 'repositoryOpts.repo' must be left out: charts come from ${REGISTRY} only, got 'https://charts.jetstack.io'`,
  );
  expect(said).toContain(
    `CTL-03 platform-prod/queues-controller: 'chart' must be ${REGISTRY}/kueue, got 'oci://registry.k8s.io/kueue/charts/kueue'`,
  );
});

/** What the rules about charts say where CTL-03 knows a place of charts. */
function saidOf(resources: readonly Resource[], environment: EnvironmentName, charts: string): string[] {
  const known = ruleOf("CTL-03");
  const parameters = { ...known.parameters!, [environment]: { ...known.parameters![environment], charts } };
  const rules = [{ ...known, parameters }, ...["IMG-01", "IMG-05", "CTL-04", "REL-02", "CTL-01", "CTL-02"].map(ruleOf)];
  return evaluate(resources, { rules, environment, exceptions, today: TODAY }).violations.map(sentence);
}
