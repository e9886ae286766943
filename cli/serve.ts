import type { Command } from "commander";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { rollbackCommand } from "./promote.ts";

const CLUSTER = "It asks the cluster of the current kubeconfig, through kubectl: `aws eks update-kubeconfig` writes it.";

const CODES = `

Exit codes:
  0   answered, or done; with --watch: every release is stable
  1   the cluster or the ledger does not answer, or the controller does not follow
  2   something that was typed is wrong, or there is nothing to do; nothing was changed
  13  with --watch: a version was thrown out; users have the one before`;

/** Adds `serve …`: how the models of a cluster are served, and what a person does about a release that goes on. */
export function serveCommand(program: Command): void {
  const serve = program
    .command("serve")
    .description("how models are served: a release step by step, its measurements, and what a person does about it");
  serve
    .command("status")
    .description("what each model serves; of a release the step, the share that is served, and what each measurement says")
    .argument("[model]", "one model (default: all of the cluster)")
    .option("--watch", "look every 2 s until every release is stable or thrown out")
    .option("--json", "print it as JSON; with --watch a line each time that something has changed")
    .addHelpText(
      "after",
      `\n${CLUSTER}\nOf the marks, ✓ is a good measurement, ✗ a bad one, · one without enough answers, ? one that Prometheus did not answer.\n\nExamples:\n  npx millrace serve status\n  npx millrace serve status fraud --watch${CODES}`,
    )
    .action(async (model: string | undefined, options) => (await import("./serve/status.ts")).status(model, options));
  for (const [name, done, what, more, example] of [
    [
      "promote",
      "continued",
      "go on with a release that waits for a person: at a measurement that could not be made, which is made again, or at a step without a time",
      "No measurement is left out, and no time cut short. What is held stays where it is: `millrace resume` allows it again.",
      `npx millrace serve promote fraud --env prod --reason "traffic is back"`,
    ],
    [
      "abort",
      "aborted",
      "give all users back to the stable version, at once",
      "A version that was aborted counts as thrown out: `millrace promote follow` writes it down.",
      `npx millrace serve abort fraud --env prod --reason "complaints"`,
    ],
  ] as const) {
    serve
      .command(name)
      .description(what)
      .argument("<model>", "the model")
      .requiredOption("--env <environment>", `${ENVIRONMENTS.join(", ")}: the cluster must be its own`)
      .requiredOption("--reason <text>", "why; it is written down, where the environment has a ledger")
      .option("--yes", "do not ask")
      .option("--json", "print what came of it as JSON")
      .addHelpText("after", `\n${more} ${CLUSTER}\n\nExamples:\n  ${example}${CODES}`)
      .action(async (model: string, options) => (await import("./serve/act.ts")).actOn(done, model, options));
  }
  rollbackCommand(serve, "serve rollback");
  serve
    .command("history")
    .description("every version of a model that an environment served: since when, how its release ended, who asked for it")
    .argument("<model>", "the model")
    .requiredOption("--env <environment>", ENVIRONMENTS.join(", "))
    .option("--ledger <url>", "address of the ledger (default: MILLRACE_LEDGER)")
    .option("--json", "print it as JSON")
    .addHelpText("after", `\nExamples:\n  npx millrace serve history fraud --env prod${CODES}`)
    .action(async (model: string, options) => (await import("./serve/history.ts")).history(model, options));
}
