import { expect, it } from "vitest";
import { outOfSupport, PINS } from "#components/support";
import { ADDONS, CHARTS, type ChartPin, KUBERNETES, VERSIONS_READ } from "#components/versions";
import { isDay } from "#policies/day";
import { ruleOf } from "../policies/harness.ts";

it.each(PINS)(
  "$what is of the line whose support is known, with an end or a reason why there is none",
  ({ version, support }) => {
    expect(version.replace(/^v/, "")).toMatch(new RegExp(`^${support.line.replaceAll(".", "\\.")}([.@-]|$)`));
    expect("ends" in support ? isDay(support.ends) : support.open.length > 10).toBe(true);
    expect(support.source.length).toBeGreaterThan(10);
  },
);

it("the table has a day on which it was read", () => {
  expect(isDay(VERSIONS_READ)).toBe(true);
});

it("a pin is out of support from the day after its end", () => {
  const dated = PINS.filter(({ support }) => "ends" in support);
  expect(dated.length).toBeGreaterThan(4);
  expect(outOfSupport("2027-02-28")).toEqual([]);
  expect(outOfSupport("2027-03-01").map(({ what }) => what)).toEqual(["chart base", "chart istiod", "chart gateway"]);
  expect(outOfSupport("2099-01-01")).toHaveLength(dated.length);
});

it("a rule knows the end of every line that has one", () => {
  const lines = (ruleOf("REL-02").parameters!.prod as { lines: Record<string, Record<string, string>> }).lines;
  const { ends } = ruleOf("EKS-05").parameters!.prod as { ends: Record<string, string> };
  const judged: Record<string, Record<string, string> | undefined> = {
    "Kubernetes on EKS": ends,
    "PostgreSQL on RDS": lines["engine postgres"],
    "image of the nodes": lines["image"],
    "chart base": lines["chart istio/base"],
    "chart istiod": lines["chart istio/istiod"],
    "chart gateway": lines["chart istio/gateway"],
    ...lines,
  };
  for (const { what, support } of PINS) {
    if ("ends" in support || judged[what]) {
      expect([what, judged[what]?.[support.line]]).toEqual([what, "ends" in support ? support.ends : "open"]);
    }
  }
});

const minor = (version: string): number => Number(version.split(".")[1]);

it("charts support the default Kubernetes version", () => {
  const outside = Object.values<ChartPin>(CHARTS).filter(({ support }) => {
    const [oldest, newest] = support.kubernetes ?? [KUBERNETES.default, KUBERNETES.default];
    return minor(KUBERNETES.default) < minor(oldest) || minor(KUBERNETES.default) > minor(newest);
  });
  expect(outside).toEqual([]);
});

it("kube-proxy is of the Kubernetes version of its cluster", () => {
  expect(ADDONS["kube-proxy"]).toMatch(new RegExp(`^v${KUBERNETES.default}\\.`));
});
