import { byKind } from "../../shape.ts";
import { type Canary, canary, canaryShape } from "./canary.ts";
import type { StrategyKind } from "./plan.ts";

/** How a new version takes over. A strategy of another kind adds a member to the union, and its implementation to {@link STRATEGIES}. */
export type Strategy = Canary;

export const STRATEGIES: { readonly [K in Strategy["kind"]]: StrategyKind<Extract<Strategy, { kind: K }>> } = { canary };

export const strategy = byKind<Strategy, "kind">("kind", { canary: canaryShape });
