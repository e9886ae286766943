import * as z from "zod";

/** Metrics whose range is known. */
const RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  ...Object.fromEntries(
    ["accuracy", "auc", "average_precision", "brier", "f1", "ks", "precision", "recall"].map((name) => [name, [0, 1]] as const),
  ),
  ...Object.fromEntries(["log_loss", "loss", "mae", "mse", "rmse"].map((name) => [name, [0, Infinity]] as const)),
  mcc: [-1, 1],
  r2: [-Infinity, 1],
};

const split = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, { error: "must be the name of a metric in lower-case letters, digits and _" }),
    z.number(),
  )
  .superRefine((metrics, context) => {
    if (Object.keys(metrics).length === 0) {
      context.addIssue({ code: "custom", message: "must have at least one metric" });
    }
    for (const [name, value] of Object.entries(metrics)) {
      const [min, max] = (Object.hasOwn(RANGES, name) && RANGES[name]) || [-Infinity, Infinity];
      if (value < min || value > max) {
        context.addIssue({ code: "custom", path: [name], message: `must be ${range(min, max)}` });
      }
    }
  });

const range = (min: number, max: number): string =>
  max === Infinity ? `at least ${min}` : min === -Infinity ? `at most ${max}` : `between ${min} and ${max}`;

/** How good a version is, on each part of its data. */
export const metrics = z.strictObject({
  test: split,
  train: z.optional(split),
  validation: split,
});

/** Whether a higher value of a metric is better; nothing where nobody can say. */
export function higherIsBetter(name: string): boolean | undefined {
  const [, max = 0] = (Object.hasOwn(RANGES, name) && RANGES[name]) || [];
  return Object.hasOwn(RANGES, name) ? name !== "brier" && max !== Infinity : undefined;
}
