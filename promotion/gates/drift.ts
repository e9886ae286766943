import { few } from "./few.ts";
import type { Gate } from "./gate.ts";

export const drift: Gate = {
  name: "drift",
  summary: "nobody has changed the environment past the program",
  exit: 7,
  async check({ environment, states }) {
    const changed = (await states()).flatMap(({ layer, drift: lines }) => lines.map((each) => `${layer}: ${each}`));
    return changed.length === 0
      ? { passed: true, detail: "none" }
      : {
          passed: false,
          detail: few(changed),
          remedy: `pulumi preview --refresh --diff -s <layer>-${environment} shows it; undo it, or take it into the program`,
        };
  },
};
