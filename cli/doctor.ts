import type { Command } from "commander";
import { bold, dim, green, red, yellow } from "#render/terminal";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { suggestion } from "#stacks/wording";
import type { Finding } from "#toolchain/finding";
import { BadInput, environmentNamed } from "./bad-input.ts";
import { answer } from "./say.ts";

/** Commands about which the doctor can be asked. */
export const NEEDS = ["plan", "rehearse", "up"] as const satisfies readonly Finding["need"][];

/** Adds `doctor`: exit code 0 when the named command can run, or all of them; else 1. With `--aws`: 0 when the account has what the environment needs. */
export function doctorCommand(program: Command): void {
  program
    .command("doctor")
    .description(
      "show what this machine has, what will be built and what is missing; with --aws what the account has; changes nothing",
    )
    .argument("[command]", `what you want to run: ${NEEDS.join(", ")}; all of them, otherwise`)
    .option(
      "--aws [environment]",
      "ask the AWS account for quotas, instance types, add-ons and names that the environment needs; without a name: the environment of the account",
    )
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx millrace doctor\n  npx millrace doctor up\n  npx millrace doctor --aws dev\n\nExit codes:\n  0  every command that was asked about is ready; programs that only guides use may be missing\n  1  a command is not ready, or AWS did not say\n  2  something that was typed is wrong, or the credentials are of another account",
    )
    .action(doctor);
}

async function doctor(word: string | undefined, { aws, json = false }: { aws?: string | true; json?: boolean }): Promise<void> {
  const asked = word === undefined ? NEEDS : [commandNamed(word)];
  if (aws !== undefined) {
    if (word !== undefined) {
      throw new BadInput(`'--aws' must be given without '${word}', got both: it asks the account, not this machine`);
    }
    const { accountDoctor } = await import("./doctor-aws.ts");
    return accountDoctor(aws === true ? undefined : environmentNamed(aws), json);
  }
  // Loaded here, so that `--help` is quick.
  const [{ examine }, { homeFolder }] = await Promise.all([import("#toolchain/doctor"), import("./rehearsal.ts")]);
  const findings = await examine(homeFolder());
  const ready = readiness(findings);
  answer(json, { ready, findings }, () => doctorText(findings, asked));
  process.exitCode = asked.every((need) => ready[need]) ? 0 : 1;
}

type Need = (typeof NEEDS)[number];

/** @throws {BadInput} when the word is no command. */
function commandNamed(word: string): Need {
  const found = NEEDS.find((need) => need === word);
  if (found === undefined) {
    const isEnvironment = ENVIRONMENTS.some((name) => name === word);
    const hint = isEnvironment ? `: \`npx millrace doctor --aws ${word}\` asks the account of ${word}` : suggestion(word, NEEDS);
    throw new BadInput(`the command must be one of ${NEEDS.join(", ")}, got '${word}'${hint}`);
  }
  return found;
}

/** How each command is typed. */
const COMMANDS: Record<Need, string> = {
  plan: "npx millrace plan <environment>",
  rehearse: "npx millrace rehearse <environment>",
  up: "pulumi up -s <layer>-<environment>",
};

/** Whether each command can run: nothing that it needs is missing. */
export function readiness(findings: readonly Finding[]): Record<Need, boolean> {
  const can = (need: Need): boolean => !findings.some((finding) => finding.need === need && finding.state === "missing");
  return { plan: can("plan"), rehearse: can("plan") && can("rehearse"), up: can("plan") && can("up") };
}

/** The findings for a person: a block for each command, which begins with `ready` or `not ready`, and one for what only guides use. */
export function doctorText(findings: readonly Finding[], asked: readonly Need[] = NEEDS): string {
  const ready = readiness(findings);
  const shown = NEEDS.filter((need) => need === "plan" || asked.includes(need));
  const block = (title: string, of: Finding["need"]): string =>
    [title, ...findings.filter(({ need }) => need === of).flatMap(lines)].join("\n");
  return [
    ...shown.map((need) => block(`${bold(COMMANDS[need])}   ${ready[need] ? green("ready") : red("not ready")}`, need)),
    ...(asked.includes("up")
      ? [block(`${bold("commands in guides and runbooks")}   install what you want to follow`, "guides")]
      : []),
  ].join("\n\n");
}

const MARKS: Record<Finding["state"], string> = { ok: "✓", missing: "✗", "will be built": "○", "not here": "–" };

function lines({ state, what, found, remedy }: Finding): string[] {
  const mark = { ok: green, missing: red, "will be built": yellow, "not here": dim }[state](MARKS[state]);
  const detail = found ?? (state === "ok" ? "" : state);
  return [
    `  ${mark} ${what}${detail === "" ? "" : `   ${dim(detail)}`}`,
    ...(state !== "ok" && remedy !== undefined ? [`      ${remedy}`] : []),
  ];
}
