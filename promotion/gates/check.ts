import { printable } from "#stacks/wording";
import type { Verdict } from "../ledger/record.ts";
import { checkRequirements } from "../requirement-rules.ts";
import type { Requirements } from "../requirements.ts";
import type { Facts, Finding, Gate } from "./gate.ts";
import { GATES } from "./index.ts";

/** Milliseconds after which a gate that has not answered has failed. */
const LIMIT = 600_000;

/** Exit code of a promotion that a gate stops. */
const NOT_MET = 10;

/**
 * Asks every gate that concerns the candidates, all at one time, and reports in their order. A gate that throws, or does not answer, has
 * failed. What gates ask for is asked once.
 *
 * @throws {pulumi.RunError} when the requirements are wrong.
 */
export async function checkGates(facts: Facts, requirements: Requirements, gates: readonly Gate[] = GATES): Promise<Verdict[]> {
  checkRequirements(
    facts.environment,
    requirements,
    gates.map(({ name }) => name),
  );
  const asked = askedOnce(facts);
  return await Promise.all(gates.map((gate) => verdictOf(gate, asked, requirements)));
}

async function verdictOf(gate: Gate, facts: Facts, requirements: Requirements): Promise<Verdict> {
  const level = Object.hasOwn(requirements.levels, gate.name) ? requirements.levels[gate.name]! : "mandatory";
  if (level === "off") {
    return { gate: gate.name, state: "not required", detail: `off in ${facts.environment}` };
  }
  const { passed, detail, remedy } = await decided(gate, facts, requirements);
  if (passed === undefined) {
    return { gate: gate.name, state: "not required", detail };
  }
  const state = passed ? "passed" : level === "advisory" ? "advised" : "failed";
  return { gate: gate.name, state, detail: oneLine(detail), ...(remedy !== undefined && !passed && { remedy: oneLine(remedy) }) };
}

/** What a gate finds; `passed` is absent where it does not concern these candidates. */
async function decided(
  gate: Gate,
  facts: Facts,
  requirements: Requirements,
): Promise<Omit<Finding, "passed"> & { passed?: boolean }> {
  const late = timer();
  try {
    if (gate.concerns?.(facts, requirements) === false) {
      return { detail: "does not concern this" };
    }
    const found = await Promise.race([gate.check(facts, requirements), late.promise]);
    // Whatever a gate of a team returns: only a plain `true`, with words, has passed.
    if (typeof found.detail !== "string" || found.detail.trim() === "") {
      throw new Error("the gate said nothing");
    }
    return { ...found, passed: found.passed === true };
  } catch (error) {
    return { passed: false, detail: `could not be decided: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    late.stop();
  }
}

function timer(): { promise: Promise<never>; stop: () => void } {
  let handle: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_, reject) => {
    handle = setTimeout(() => reject(new Error(`no answer within ${LIMIT / 60_000} minutes`)), LIMIT);
  });
  return { promise, stop: () => clearTimeout(handle) };
}

/** A sentence of several lines, as one that a terminal and the ledger can hold. */
function oneLine(text: string): string {
  const line = text
    .split("\n")
    .map((each) => each.trim())
    .filter((each) => each !== "" && !/^at .*:\d+:\d+\)?$/.test(each))
    .join("; ");
  return printable(line.length > 1_000 ? `${line.slice(0, 999)}…` : line);
}

/** The same facts, of which each is asked for once: several gates look at the states, and a state takes a while to read. */
function askedOnce(facts: Facts): Facts {
  const once = <Key, T>(ask: (key: Key) => Promise<T>): ((key: Key) => Promise<T>) => {
    const known = new Map<Key, Promise<T>>();
    return (key) => known.get(key) ?? known.set(key, (async () => await ask(key))()).get(key)!;
  };
  const single = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
    const known = once(ask);
    return () => known(undefined as never);
  };
  return {
    ...facts,
    records: once(facts.records),
    signer: once(facts.signer),
    previews: single(facts.previews),
    states: single(facts.states),
    misfits: single(facts.misfits),
    quotas: single(facts.quotas),
    backup: single(facts.backup),
    approvals: single(facts.approvals),
  };
}

/** Exit code of a promotion: 0 where nothing stops it, that of the gate that does, and 10 where several with different ones do. */
export function exitOf(verdicts: readonly Verdict[], gates: readonly Gate[] = GATES): number {
  const failed = new Set(verdicts.filter(({ state }) => state === "failed").map(({ gate }) => gate));
  const exits = new Set([...failed].map((name) => gates.find((each) => each.name === name)?.exit ?? NOT_MET));
  const [exit = 0] = exits;
  return exits.size > 1 ? NOT_MET : exit;
}
