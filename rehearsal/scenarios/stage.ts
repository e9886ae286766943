import type { Context } from "../phase.ts";

/** What a scenario works with. */
export type Stage = Context<"control-plane" | "project" | "platform" | "models" | "workloads" | "first-answer">;
