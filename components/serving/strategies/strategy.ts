import { byKind } from "../../shape.ts";
import { type AbTest, abTest, abTestShape } from "./ab-test.ts";
import { type BlueGreen, blueGreen, blueGreenShape } from "./blue-green.ts";
import { type Canary, canary, canaryShape } from "./canary.ts";
import type { StrategyKind } from "./plan.ts";
import { type Shadow, shadow, shadowShape } from "./shadow.ts";

/** How a new version takes over. A strategy of another kind adds a member to the union, and its implementation to {@link STRATEGIES}. */
export type Strategy = Canary | BlueGreen | Shadow | AbTest;

const STRATEGIES: { readonly [K in Strategy["kind"]]: StrategyKind<Extract<Strategy, { kind: K }>> } = {
  canary,
  blueGreen,
  shadow,
  abTest,
};

/** The implementation of a strategy. */
export const kindOf = <S extends Strategy>({ kind }: S): StrategyKind<S> => STRATEGIES[kind] as unknown as StrategyKind<S>;

export const strategy = byKind<Strategy, "kind">("kind", {
  canary: canaryShape,
  blueGreen: blueGreenShape,
  shadow: shadowShape,
  abTest: abTestShape,
});
