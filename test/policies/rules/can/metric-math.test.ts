import { expect, it } from "vitest";
import { valueOf } from "#policies/rules/can/metric-math";

const VALUES: Record<string, number> = { a: 6, b: 3, zero: 0 };

it.each<[string, number]>([
  ["a", 6],
  ["1.5e3", 1_500],
  ["a + b * 2", 12],
  ["(a + b) * 2", 18],
  ["a - b - 1", 2],
  ["-a / b", -2],
  ["IF(a >= 6, a / b, 0)", 2],
  ["IF(a > 6 || zero, 1, 0)", 0],
  ["IF(a == 6 AND b != 4, 1, 0)", 1],
  ["FILL(a, 0) ^ 2", 36],
  ["100*(b/a)", 50],
  ["c", Number.NaN],
  ["a +", Number.NaN],
  ["(a", Number.NaN],
  ["a b", Number.NaN],
  ["METRICS()", Number.NaN],
  ["SEARCH('x')", Number.NaN],
  ["constructor(a)", Number.NaN],
  ["", Number.NaN],
])("%s is %d", (expression, value) => {
  expect(valueOf(expression, (id) => VALUES[id] ?? Number.NaN)).toBe(value);
});
