import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHARTS, type ChartPin } from "#components/versions";
import type { Recorded } from "#plan/record";
import type { ChartFacts } from "#scripts/charts/facts";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { type RecordedStack, stackOf } from "../../harness/stacks.ts";

export type ChartName = keyof typeof CHARTS;

/** What the charts make of prod's values, as `npm run record:charts` has recorded it. */
export const RENDERED: Record<ChartName, ChartFacts> = JSON.parse(
  readFileSync(join(import.meta.dirname, "rendered.json"), "utf8"),
);

/** Charts of every platform; KEDA's is there where a profile asks for it (`serving.byLoad`). */
export const CHART_NAMES = (Object.keys(CHARTS) as ChartName[]).filter((name) => name !== "keda");

/** The release of a chart in a stack. */
export function releaseIn({ resources }: RecordedStack, name: ChartName): Recorded {
  const pin: ChartPin = CHARTS[name];
  const found = resources.find(({ type, inputs }) => type === "kubernetes:helm.sh/v3:Release" && inputs["chart"] === pin.chart);
  if (!found) {
    throw new Error(`no release of ${name}`);
  }
  return found;
}

/** The platform of each environment, with its name. */
export const PLATFORMS = ENVIRONMENTS.map((environment) => [environment, () => stackOf("platform", environment)] as const);
