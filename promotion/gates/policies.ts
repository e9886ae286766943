import { RULES } from "#policies/catalogue";
import { counted } from "#render/counted";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { Gate, LayerPreview } from "./gate.ts";

type Found = LayerPreview["findings"][number];

/** In the engine's words. It gives such a finding the level advisory, whatever the rule's own is. */
const UNDECIDED = /can't run policy .* during preview/;

/** Whether a finding stops a promotion. A rule that nobody knows is taken for a mandatory one. */
const stops = ({ level, message, policy }: Found, environment: EnvironmentName): boolean =>
  level === "mandatory" ||
  (UNDECIDED.test(message) && (RULES.find(({ id }) => id === policy)?.levels[environment] ?? "mandatory") === "mandatory");

export const policies: Gate = {
  name: "policies",
  summary: "no mandatory rule is broken, and none could not be decided",
  exit: 5,
  async check({ environment, previews }) {
    const all = (await previews()).flatMap(({ findings }) => findings);
    const found = all.filter((each) => stops(each, environment));
    const others = all.length - found.length;
    if (found.length === 0) {
      return { passed: true, detail: `0 mandatory, ${others} advisory` };
    }
    const rules = [...new Set(found.map(({ policy }) => policy))].sort();
    const undecided = found.filter(({ message }) => UNDECIDED.test(message)).length;
    return {
      passed: false,
      detail: `${counted(found.length, "mandatory finding")} (${rules.join(", ")})${undecided > 0 ? `, ${undecided} of which could not be decided` : ""}`,
      remedy: `npx millrace plan ${environment} shows what to change`,
    };
  },
};
