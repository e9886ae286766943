import type { Command } from "commander";
import { bold, dim, green, red, yellow } from "#render/terminal";
import type { Finding } from "#toolchain/doctor";

/** Adds `doctor`: exit code 0 when `plan` and `rehearse` can run, else 1. */
export function doctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("show what this machine has, what will be built and what is missing; changes nothing")
    .option("--json", "print the findings as JSON")
    .action(doctor);
}

async function doctor({ json = false }: { json?: boolean }): Promise<void> {
  // Loaded here, so that `--help` is quick.
  const { examine } = await import("#toolchain/doctor");
  const findings = await examine();
  console.log(json ? JSON.stringify({ ready: readiness(findings), findings }, null, 2) : doctorText(findings));
  const { plan, rehearse } = readiness(findings);
  process.exitCode = plan && rehearse ? 0 : 1;
}

const NEEDS = ["plan", "rehearse", "up"] as const satisfies readonly Finding["need"][];
type Need = (typeof NEEDS)[number];

/** How each command is typed. */
const COMMANDS: Record<Need, string> = {
  plan: "millrace plan <environment>",
  rehearse: "millrace rehearse <environment>",
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
