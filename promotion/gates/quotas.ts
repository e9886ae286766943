import { few } from "./few.ts";
import type { Gate } from "./gate.ts";

export const quotas: Gate = {
  name: "quotas",
  summary: "the quotas of the account are high enough",
  async check({ environment, quotas: ask }) {
    const low = await ask();
    if (low === undefined) {
      return {
        passed: false,
        detail: "no account was asked",
        remedy: `promote with credentials of the account of ${environment}`,
      };
    }
    return low.length === 0
      ? { passed: true, detail: "high enough" }
      : { passed: false, detail: few(low), remedy: "ask AWS for a higher quota (Service Quotas), and wait until it is granted" };
  },
};
