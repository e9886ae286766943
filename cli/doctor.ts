import type { Command } from "commander";
import { bold, dim, green, red, yellow } from "#render/terminal";
import { columnsOf, fitted } from "#render/width";
import type { Finding } from "#toolchain/doctor";
import { environmentNamed } from "./bad-input.ts";

/** Adds `doctor`: exit code 0 when `plan` and `rehearse` can run, else 1. With `--aws`: 0 when the account has what the environment needs. */
export function doctorCommand(program: Command): void {
  program
    .command("doctor")
    .description(
      "show what this machine has, what will be built and what is missing; with --aws what the account has; changes nothing",
    )
    .option(
      "--aws [environment]",
      "ask the AWS account for quotas, instance types, add-ons and names that the environment needs; without a name: the environment of the account",
    )
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx millrace doctor\n  npx millrace doctor --aws dev\n\nExit codes:\n  0  everything that is needed is there\n  1  something is missing, or AWS did not say\n  2  something that was typed is wrong, or the credentials are of another account",
    )
    .action(doctor);
}

async function doctor({ aws, json = false }: { aws?: string | true; json?: boolean }): Promise<void> {
  if (aws !== undefined) {
    const { accountDoctor } = await import("./doctor-aws.ts");
    return accountDoctor(aws === true ? undefined : environmentNamed(aws), json);
  }
  // Loaded here, so that `--help` is quick.
  const { examine } = await import("#toolchain/doctor");
  const findings = await examine();
  console.log(
    json
      ? JSON.stringify({ ready: readiness(findings), findings }, null, 2)
      : fitted(doctorText(findings), columnsOf(process.stdout)),
  );
  const { plan, rehearse } = readiness(findings);
  process.exitCode = plan && rehearse ? 0 : 1;
}

const NEEDS = ["plan", "rehearse", "up"] as const satisfies readonly Finding["need"][];
type Need = (typeof NEEDS)[number];

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

/** The findings for a person: one block for each command, which begins with `ready` or `not ready`. */
export function doctorText(findings: readonly Finding[]): string {
  const ready = readiness(findings);
  return NEEDS.map((need) =>
    [
      `${bold(COMMANDS[need])}   ${ready[need] ? green("ready") : red("not ready")}`,
      ...findings.filter((finding) => finding.need === need).flatMap(lines),
    ].join("\n"),
  ).join("\n\n");
}

const MARKS: Record<Finding["state"], string> = { ok: "✓", missing: "✗", "will be built": "○" };

function lines({ state, what, found, remedy }: Finding): string[] {
  const mark = { ok: green, missing: red, "will be built": yellow }[state](MARKS[state]);
  const detail = found ?? (state === "ok" ? "" : state);
  return [
    `  ${mark} ${what}${detail === "" ? "" : `   ${dim(detail)}`}`,
    ...(state !== "ok" && remedy !== undefined ? [`      ${remedy}`] : []),
  ];
}
