import { examineState, type StateFinding } from "#promotion/state/doctor";
import { demandStack } from "#promotion/state/there";
import { bold, dim, green, red, yellow } from "#render/terminal";
import { environmentNamed } from "../bad-input.ts";
import { answer } from "../say.ts";
import { engineFor } from "./engine.ts";

/** `state doctor`. */
export async function doctor(word: string, { json = false }: { json?: boolean }): Promise<void> {
  const environment = environmentNamed(word);
  const engine = engineFor(environment);
  await demandStack(engine, environment);
  const findings = await examineState(engine, environment);
  const ok = findings.every(({ state }) => state === "ok");
  answer(json, { environment, ok, findings }, () => findingsText(findings));
  process.exitCode = ok ? 0 : 1;
}

const MARKS = { ok: green("✓"), wrong: red("✗"), unknown: yellow("?") } as const;

/** The findings for a person: a block for each stack, and each remedy once. */
export function findingsText(findings: readonly StateFinding[]): string {
  const stacks = [...new Set(findings.map(({ stack }) => stack))];
  const blocks = stacks.map((stack) => {
    const own = findings.filter((finding) => finding.stack === stack);
    const wrong = own.some(({ state }) => state !== "ok");
    return [`${bold(stack)}   ${wrong ? red("look at this") : green("ok")}`, ...own.map(line)].join("\n");
  });
  const remedies = [...new Set(findings.flatMap(({ remedy }) => remedy ?? []))];
  return [...blocks, ...(remedies.length === 0 ? [] : [["next:", ...remedies.map((each) => `  ${each}`)].join("\n")])].join(
    "\n\n",
  );
}

const line = ({ state, what, found }: StateFinding): string => `  ${MARKS[state]} ${what}   ${dim(found)}`;
