import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import type { Requirements } from "../requirements.ts";
import { nameOf } from "../subjects.ts";
import type { Candidate, Facts, Gate } from "./gate.ts";
import { faredIn } from "./soak-time.ts";

const HOUR = 3_600_000;

const MINUTE = 60_000;

/** Hours, never rounded up to what is required; of a rehearsal less. */
const hours = (milliseconds: number): string => {
  const [unit, text] = milliseconds >= HOUR ? [HOUR, "h"] : milliseconds >= MINUTE ? [MINUTE, "min"] : [1_000, "s"];
  return `${Math.floor(milliseconds / unit)} ${text}`;
};

export const soak: Gate = {
  name: "soak",
  summary: "it has run long enough in the environment before, and no measurement has thrown it out",
  async check(facts, requirements) {
    const found = await Promise.all(facts.candidates.map((each) => ofCandidate(each, facts, requirements)));
    const remedies = found.flatMap(({ remedy }) => remedy ?? []);
    return {
      passed: found.every(({ passed }) => passed),
      detail: (found.every(({ passed }) => passed) ? found : found.filter(({ passed }) => !passed))
        .map(({ detail }) => detail)
        .join("; "),
      ...(remedies.length > 0 && { remedy: remedies.join("; ") }),
    };
  },
};

async function ofCandidate(
  candidate: Candidate,
  { environment, before, records, now }: Facts,
  { soakHours }: Requirements,
): Promise<{ passed: boolean; detail: string; remedy?: string }> {
  const name = nameOf(candidate);
  const { subject } = candidate;
  const reached = ENVIRONMENTS.slice(0, ENVIRONMENTS.indexOf(environment) + 1);
  const fared = await Promise.all(reached.map(async (each) => [each, faredIn(await records(each), candidate, now)] as const));
  const out = fared.find(([, { thrownOut }]) => thrownOut !== undefined);
  if (out !== undefined) {
    const [where, { thrownOut }] = out;
    return {
      passed: false,
      detail: `${name} was thrown out of ${where} at ${thrownOut!.time}: ${thrownOut!.why}`,
      remedy: "release a version in which that is corrected",
    };
  }
  const there = fared.find(([each]) => each === before)?.[1];
  if (there === undefined) {
    return { passed: true, detail: `${name} begins here` };
  }
  if (!there.proven) {
    return {
      passed: false,
      detail: `${name} has not been ${subject === "platform" ? "up" : "stable"} in ${before}`,
      remedy: `promote it to ${before} first`,
    };
  }
  const passed = there.ran >= soakHours * HOUR;
  const missing = soakHours * HOUR - there.ran;
  return {
    passed,
    detail: `${name} ran ${hours(there.ran)} of ${hours(soakHours * HOUR)} in ${before}`,
    ...(!passed && { remedy: `wait for ${hours(missing + HOUR)} more while it runs there` }),
  };
}
