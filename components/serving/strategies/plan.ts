import type * as pulumi from "@pulumi/pulumi";
import type { RuleGroup } from "../../monitoring/rules/rule.ts";
import type { Audience } from "../audience.ts";
import type { Comparer } from "../comparer.ts";
import type { ServingNames } from "../names.ts";

/** What a strategy is told about the model that it releases. */
export interface ReleasedModel {
  names: ServingNames;
  /** The version that is released, as its answers and the events of applications name it. */
  version: string;
  /** Address of the Prometheus that scrapes the gateway, as seen from the delivery controller. */
  prometheusUrl: pulumi.Input<string>;
  /** Longest time that the model takes to load, seconds. */
  loadSeconds: number;
}

/** What a strategy brings to the objects of a model. */
export interface ReleasePlan {
  /** `spec` of each AnalysisTemplate, by name. */
  analysisTemplates: Record<string, object>;
  /** Groups of rules by which Prometheus records what the templates ask for. @default - none */
  rules?: RuleGroup[];
  /** `spec.strategy` of the Rollout. */
  rollout: object;
  /** Whose requests the release is about until it has a verdict. @default - everybody's */
  audience?: Audience;
  /** The program that compares answers, where the release needs one. */
  comparer?: Comparer;
  /** Longest time of a release that nothing stops, seconds: what `await: "healthy"` waits for. */
  longestSeconds: number;
}

/** One kind of strategy. */
export interface StrategyKind<S> {
  /** @throws {pulumi.ResourceError} when a value of the strategy breaks its rule. */
  check(strategy: S, on: pulumi.Resource): void;
  plan(strategy: S, model: ReleasedModel): ReleasePlan;
}
