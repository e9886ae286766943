import { describe, expect, it } from "vitest";
import { faultsIn, type State, type Wanted } from "#rehearsal/phases/monitoring";

const rule = (name: string, rest: object = {}) => ({ name, health: "ok", ...rest });
const object = (name: string, groups: object[]) => ({ metadata: { namespace: "models", name, uid: "u" }, spec: { groups } });
const group = (name: string, of: string, ...rules: object[]) => ({
  name,
  file: `/etc/prometheus/rules/r-0/models-${of}-u.yaml`,
  rules,
});
const target = (pod: string, health: string, lastError = "") => ({
  health,
  lastError,
  scrapePool: "podMonitor/models/fraud/0",
  scrapeUrl: `http://${pod}/metrics`,
  labels: { namespace: "models", pod, container: "server", job: "models/fraud" },
});

const WANTED: Wanted = {
  rules: [
    object("fraud", [{ name: "serving", rules: [{ record: "a:b" }, { alert: "Slow" }] }]),
    // Each model has a group of this name.
    object("churn", [{ name: "serving", rules: [{ alert: "Slow" }] }]),
  ],
  jobs: [
    { name: "podMonitor/models/fraud/0", own: true },
    { name: "serviceMonitor/gpus/exporter/0", own: false },
  ],
};
const STATE: State = {
  groups: [group("serving", "fraud", rule("a:b"), rule("Slow")), group("serving", "churn", rule("Slow", { health: "unknown" }))],
  jobs: ["podMonitor/models/fraud/0", "serviceMonitor/gpus/exporter/0", "serviceMonitor/elsewhere/x/0"],
  targets: [target("fraud-1", "up"), target("no-process", "down", "refused")],
};
const RUNNING = new Set(["models/fraud-1/server", "models/fraud-2/server"]);
const faults = (wrong: Partial<State>) => faultsIn(WANTED, { ...STATE, ...wrong }, RUNNING);

describe("what Prometheus makes of monitors and rules", () => {
  it("is right when all of them are there, and all that runs is up", () => expect(faults({})).toEqual([]));

  it.each<[string, Partial<State>, RegExp]>([
    ["a group is not loaded", { groups: [STATE.groups[0]!] }, /^group serving of PrometheusRule models\/churn is not loaded$/],
    [
      "a rule of a group is not loaded",
      { groups: [group("serving", "fraud", rule("a:b")), STATE.groups[1]!] },
      /^group serving of PrometheusRule models\/fraud is not loaded$/,
    ],
    [
      "a rule fails",
      { groups: [...STATE.groups, group("own", "x", rule("Own", { health: "err", lastError: "many-to-many" }))] },
      /^rule Own fails: many-to-many$/,
    ],
    ["a monitor of ours finds nothing", { targets: [] }, /^podMonitor\/models\/fraud\/0 finds no target$/],
    ["a monitor is passed over", { jobs: STATE.jobs.slice(1) }, /^podMonitor\/models\/fraud\/0 is not scraped$/],
    [
      "what runs is down",
      { targets: [target("fraud-2", "down", "timeout")] },
      /http:\/\/fraud-2\/metrics tells nothing: timeout$/,
    ],
    ["what runs was not asked", { targets: [target("fraud-2", "unknown")] }, /tells nothing: not asked yet$/],
  ])("is wrong when %s", (_, wrong, fault) => {
    expect(faults(wrong)).toEqual([expect.stringMatching(fault)]);
  });
});
