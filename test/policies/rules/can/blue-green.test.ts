import { expect, it } from "vitest";
import { servingNames } from "#components/serving/names";
import { type BlueGreen, blueGreen } from "#components/serving/strategies/blue-green";
import { found } from "../../harness.ts";
import { made, template } from "./samples.ts";

/** A release of blue/green as the component makes it, with some of it changed. */
function released(change: (canary: any) => void = () => {}, given: Omit<BlueGreen, "kind"> = {}) {
  const names = servingNames("m", "models");
  const plan = blueGreen.plan(
    { kind: "blueGreen", ...given },
    { names, version: "3", prometheusUrl: "http://p", loadSeconds: 300 },
  );
  const { canary } = structuredClone(plan.rollout) as { canary: any };
  change(canary);
  return [
    made("argoproj.io/v1alpha1:Rollout", "release", { strategy: { canary } }),
    ...["m-stable", "m-canary"].map((name) => made("core/v1:Service", name, { selector: {} })),
    made("networking.istio.io/v1:VirtualService", "m-split", { http: [{ name: "primary", route: route(100, 0) }] }),
    ...Object.entries(structuredClone(plan.analysisTemplates)).map(([name, spec]) => template(name, spec)),
  ];
}

const route = (...weights: number[]) =>
  weights.map((weight, at) => ({ destination: { host: ["m-stable", "m-canary"][at] }, weight }));

const at = (canary: any, kind: string): number => canary.steps.findIndex((step: object) => kind in step);
const STEPS = "spec.strategy.canary.steps";

const RULES = ["CAN-01", "CAN-02", "CAN-03", "CAN-04", "CAN-05", "CAN-06", "CAN-08", "CAN-10", "CAN-12", "MESH-04"];

it.each(RULES.filter((id) => id !== "CAN-06"))("%s lets a version have all users at once that answered copies well", (id) => {
  expect(found(id, released())).toEqual([]);
  expect(found(id, released(undefined, { switchedBy: "person", analysis: { drift: {} } }))).toEqual([]);
});

it.each<[string, string, (canary: any) => void, string]>([
  [
    "CAN-02",
    "a switch without a gate",
    (canary) => canary.steps.splice(at(canary, "setMirrorRoute") + 2, 1),
    `${STEPS}[6].setWeight: 0 to 100 unmeasured`,
  ],
  [
    "CAN-02",
    "a gate before the copies",
    (canary) => canary.steps.splice(2, 0, ...canary.steps.splice(at(canary, "setMirrorRoute") + 2, 1)),
    `${STEPS}[7].setWeight: 0 to 100 unmeasured`,
  ],
  [
    "CAN-02",
    "a mirror of nothing",
    (canary) => {
      canary.steps[at(canary, "setMirrorRoute")].setMirrorRoute.percentage = 0;
    },
    `${STEPS}[7].setWeight: 0 to 100 unmeasured`,
  ],
  [
    "MESH-04",
    "all users at once, without copies before",
    (canary) => {
      canary.steps = canary.steps.filter((step: object) => !("setMirrorRoute" in step));
    },
    `${STEPS}: setWeight: 100`,
  ],
  [
    "CAN-09",
    "copies that go on beside users",
    (canary) =>
      canary.steps.splice(
        canary.steps.findLastIndex((step: object) => "setMirrorRoute" in step),
        1,
      ),
    `${STEPS}[3].setMirrorRoute: a mirror`,
  ],
  [
    "CAN-09",
    "copies that begin beside users",
    (canary) =>
      canary.steps.splice(
        canary.steps.length,
        0,
        { setMirrorRoute: { name: "late", percentage: 50, match: [{ method: { exact: "POST" } }] } },
        { setMirrorRoute: { name: "late" } },
      ),
    `${STEPS}[11].setMirrorRoute: a mirror`,
  ],
  [
    "CAN-09",
    "a second mirror that goes on",
    (canary) =>
      canary.steps.splice(4, 0, { setMirrorRoute: { name: "other", percentage: 10, match: [{ method: { exact: "GET" } }] } }),
    `${STEPS}[4].setMirrorRoute: a mirror`,
  ],
  [
    "CAN-10",
    "a preview that is shorter than the measurement looks back",
    (canary) => {
      canary.steps[at(canary, "pause")].pause.duration = "30s";
    },
    `${STEPS}[3].setMirrorRoute: copies for 30s`,
  ],
  [
    "CAN-12",
    "a switch that only the share of requests decides",
    (canary) => {
      canary.steps[5].analysis.templates[0].templateName = "m-share";
    },
    `${STEPS}[7].setWeight: 0 to 100 without errors and latency`,
  ],
  [
    "CAN-08",
    "a gate that measures the old version",
    (canary) => {
      canary.steps[5].analysis.args[0].value = "m-stable";
    },
    `${STEPS}[5].analysis.args: the stable version, 'm-stable'`,
  ],
  ["CAN-04", "an end that nobody looks at", (canary) => canary.steps.pop(), `${STEPS}: 100, then no analysis`],
])("%s finds %s", (id, _, change, says) => {
  expect(found(id, released(change)).join("\n")).toContain(says);
});
