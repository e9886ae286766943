import { expect, it } from "vitest";
import { CHARTS } from "#components/versions";
import { controllersLast } from "#rehearsal/controllers-last";
import type { StateResource } from "#rehearsal/state";

const resource = (type: string, name: string, inputs: Record<string, unknown> = {}): StateResource => ({
  urn: `urn:pulumi:dev::millrace::${type}::${name}`,
  type,
  custom: true,
  inputs,
});
const karpenter = resource("kubernetes:helm.sh/v3:Release", "karpenter", { chart: CHARTS.karpenter.chart });
const pool = resource("kubernetes:karpenter.sh/v1:NodePool", "training");
const monitor = resource("kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "karpenter");
const STATE = [karpenter, pool, monitor];
const urns = (...resources: StateResource[]): string[] => resources.map(({ urn }) => urn);

it("a pool goes before Karpenter, and a monitor may go whenever it likes", () => {
  expect(controllersLast(STATE, urns(pool, karpenter, monitor))).toEqual({ pairs: 1, faults: [] });
});

it("a pool that goes after Karpenter is named", () => {
  expect(controllersLast(STATE, urns(karpenter, pool)).faults).toEqual([
    {
      component: "karpenter.sh, the custom resources",
      late: "kubernetes:karpenter.sh/v1:NodePool 'training'",
      gone: "kubernetes:helm.sh/v3:Release 'karpenter'",
    },
  ]);
});

it("a controller that stays, or stands in another stack, is no fault", () => {
  expect(controllersLast(STATE, urns(pool))).toEqual({ pairs: 0, faults: [] });
  expect(controllersLast([pool], urns(pool))).toEqual({ pairs: 0, faults: [] });
});
