import { counted } from "#render/counted";
import { few } from "./few.ts";
import type { Facts, Gate, LayerState } from "./gate.ts";

export const unmoved: Gate = {
  name: "unmoved",
  summary: "the states are those of the plan, and nobody else is at work on them",
  exit: 12,
  async check({ environment, states, planned }) {
    const all = await states();
    const problems = all.flatMap((state) => problemsOf(state, planned));
    const unseen = Object.keys(planned ?? {}).filter((layer) => !all.some((state) => state.layer === layer));
    const lines = [...problems, ...unseen.map((layer) => `${layer} was planned and cannot be seen any more`)];
    return lines.length === 0
      ? { passed: true, detail: planned === undefined ? "nobody is at work" : "since the plan" }
      : {
          passed: false,
          detail: few(lines),
          remedy: `npx millrace promote plan --to ${environment}, once nobody is at work there`,
        };
  },
};

function problemsOf({ layer, digest, pending, lockedBy }: LayerState, planned: Facts["planned"]): string[] {
  return [
    ...(lockedBy === undefined ? [] : [`${layer} is locked by ${lockedBy}`]),
    ...(pending.length === 0
      ? []
      : [`${layer} has ${counted(pending.length, "operation")} that nobody has ended (${pending[0]})`]),
    ...(planned === undefined || planned[layer] === digest ? [] : [`${layer} has moved since the plan`]),
  ];
}
