import { ANALYSIS_DEFAULTS, type Analysis } from "../../serving/strategies/analysis.ts";
import type { KpiName } from "./kpis.ts";

/** Limits of a model. Its releases, alerts, recorded series and dashboard all use the same ones. */
export type ModelLimits = Required<Pick<Analysis, "latencyTargetMs" | "maxErrorShare" | "maxSlowShare">>;

/** A served model, as monitoring knows it: its limits, and what must be measured of it. */
export interface MonitoredModel {
  name: string;
  namespace: string;
  /** Team that its alerts concern. */
  team: string;
  limits: ModelLimits;
  /** Its inputs are checked for drift daily. */
  drift: boolean;
  /** Its online quality is measured. */
  quality: boolean;
  /** Business indicator by which it is judged. @default - none */
  kpi?: KpiName;
  /** Longest time that a release of it takes, steps and soak together, minutes. */
  releaseMinutes: number;
}

/** The limits of a model that states none. */
export const LIMIT_DEFAULTS: ModelLimits = {
  latencyTargetMs: ANALYSIS_DEFAULTS.latencyTargetMs,
  maxErrorShare: ANALYSIS_DEFAULTS.maxErrorShare,
  maxSlowShare: ANALYSIS_DEFAULTS.maxSlowShare,
};

/** Labels that name a model; every series and alert about models has them. */
export const MODEL = "namespace, model";

/** Labels that name a version of a model. */
export const VERSION = `${MODEL}, model_version`;

/** Label matchers that choose the series of one model. */
export const selectorOf = ({ name, namespace }: Pick<MonitoredModel, "name" | "namespace">): string =>
  `namespace="${namespace}", model="${name}"`;

/** Label matchers that choose the pods of a model's servers: `<model>-<hash of the ReplicaSet>-<hash of the pod>`. */
export const podsOf = ({ name, namespace }: Pick<MonitoredModel, "name" | "namespace">): string =>
  `namespace="${namespace}", pod=~"${name}-[a-z0-9]+-[a-z0-9]+"`;

/** A share as people read it, without the noise of binary fractions: 0.07 is `7%`. */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(6))}%`;
