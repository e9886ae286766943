import { few } from "./few.ts";
import type { Gate } from "./gate.ts";

export const capacity: Gate = {
  name: "capacity",
  summary: "every pod fits on the nodes that the environment may have",
  async check({ environment, misfits }) {
    const lines = await misfits();
    return lines.length === 0
      ? { passed: true, detail: "every pod fits" }
      : { passed: false, detail: few(lines), remedy: `make a pool larger in stacks/inputs/environments/${environment}.ts` };
  },
};
