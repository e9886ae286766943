import type { ModelLimits } from "#components/monitoring/rules/model";
import type { ServedModel } from "../inputs/models.ts";

/** The limits that a model states: its releases are measured by them, its alerts and its dashboard use them. */
export const limitsOf = ({ latencyTargetMs, maxErrorShare, maxSlowShare }: ServedModel): Partial<ModelLimits> =>
  stated({ latencyTargetMs, maxErrorShare, maxSlowShare });

/** Without what is undefined: an absent argument takes the component's default, an undefined one is a mistake. */
export function stated<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
