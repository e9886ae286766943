import type * as pulumi from "@pulumi/pulumi";
import { check } from "../validation.ts";
import { LOAD_SERIES } from "./load-query.ts";
import { isOurs, type Runtime, says } from "./runtimes/runtime.ts";
import type { Analysis } from "./strategies/analysis.ts";
import type { Strategy } from "./strategies/strategy.ts";

/**
 * Whether a program says what a strategy asks for. A measurement that it never makes would leave each release waiting.
 *
 * @throws {pulumi.ResourceError} when it does not.
 */
export function checkMeasured(strategy: Strategy, runtime: Runtime, on: pulumi.Resource): void {
  const { kind } = strategy;
  const [path, analysis] = analysisOf(strategy);
  const ours = isOurs(runtime);
  const elsewhere = "where the runtime is not 'image' or 'custom'";
  check.that(
    ours || (kind !== "shadow" && kind !== "abTest"),
    "strategy.kind",
    `canary or blueGreen ${elsewhere}: other programs do not say in x-model-version which version answered`,
    kind,
    on,
  );
  check.that(
    ours || analysis?.drift === undefined,
    `${path}.drift`,
    `left out ${elsewhere}: other programs do not count what they predict`,
    JSON.stringify(analysis?.drift),
    on,
  );
  check.that(
    analysis?.maxInFlight === undefined || says(runtime, LOAD_SERIES.inFlight),
    `${path}.maxInFlight`,
    `left out where the runtime is '${runtime.kind}': it does not say how many requests it has`,
    analysis?.maxInFlight,
    on,
  );
}

/** What a strategy measures of its new version, and where it says so. */
export const analysisOf = (strategy: Strategy): [path: string, analysis: Analysis | undefined] =>
  strategy.kind === "shadow" ? ["strategy.canary.analysis", strategy.canary?.analysis] : ["strategy.analysis", strategy.analysis];
