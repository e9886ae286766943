import type { Command } from "commander";
import { URN, URN_RULE } from "#promotion/urn";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { shown } from "#stacks/wording";
import { BadInput } from "./bad-input.ts";

const WHAT =
  "<what> is a model, the platform, or a release of either: fraud, fraud@4, platform, platform@2026.11.21-1. Without a release it is what the environment before runs.";

const CODES = `

Exit codes:
  0   done
  1   something failed on the way; what is up stays up, and the same command goes on
  2   something that was typed, or a file, is wrong; nothing was changed
  5   a mandatory policy is violated          10  another gate is not met, or several are
  7   the environment has drifted             11  approvals are missing
  12  the state has moved since the plan      13  measurements threw the version out; users have the one before
  14  somebody else is changing the environment
  15  done, but the registry of the environment does not say so yet
  With 5 to 12 and 14 nothing was changed.`;

/** Adds `promote …`, `rollback`, `hold` and `resume`: releases move from environment to environment. */
export function promoteCommand(program: Command): void {
  const promote = program
    .command("promote")
    .enablePositionalOptions()
    .description(
      "move a tested release to the next environment: plan it, ask the gates, apply it layer by layer, follow its release",
    )
    .argument("[what]", "model, platform, or a release of either")
    .option("--to <environment>", ENVIRONMENTS.join(", "))
    .option(
      "--allow-replace <urn...>",
      "resources with data that may be replaced or deleted; each demands one approval more",
      urns,
    )
    .option("--yes", "apply without asking, where every gate has passed")
    .option("--no-follow", "return when the layers are up, while the release goes on")
    .option("--json", "print what came of it as JSON; progress goes to standard error")
    .addHelpText(
      "after",
      `\n${WHAT}\n\nExamples:\n  npx millrace promote fraud --to staging\n  npx millrace promote platform --to prod\n  npx millrace promote fraud@4 --to dev --yes${CODES}`,
    )
    .action(async (what: string | undefined, options, command: Command) => {
      const commands = command.commands.map((each) => each.name());
      await (await import("./promote/promote.ts")).promote(what, options, commands);
    });
  promote
    .command("plan")
    .description("show what a promotion would change and what the gates say; changes nothing, and writes down what was looked at")
    .argument(
      "[what]",
      "model, platform, or a release of either (default: whatever the pointer says and the environment does not run)",
    )
    .requiredOption("--to <environment>", ENVIRONMENTS.join(", "))
    .option(
      "--allow-replace <urn...>",
      "resources with data that may be replaced or deleted; each demands one approval more",
      urns,
    )
    .option("--out <file>", "file for the plan (default: one in .millrace)")
    .option("--markdown", "print a comment for a pull request")
    .option("--json", "print the plan as JSON; progress goes to standard error")
    .addHelpText(
      "after",
      `\n${WHAT}\n\nExamples:\n  npx millrace promote plan fraud --to staging\n  npx millrace promote plan --to prod --markdown    # in the pull request that changes releases/environments/prod.json${CODES}`,
    )
    .action(async (what: string | undefined, options) => (await import("./promote/plan.ts")).plan(what, options));
  promote
    .command("apply")
    .description("apply the plan that was made last, if nothing has moved since; goes on with what was begun and not ended")
    .requiredOption("--to <environment>", ENVIRONMENTS.join(", "))
    .option("--plan <file>", "another plan, as '--out' has written it")
    .option("--yes", "apply without asking")
    .option("--no-follow", "return when the layers are up, while the release goes on")
    .option("--json", "print what came of it as JSON; progress goes to standard error")
    .addHelpText(
      "after",
      `\nExamples:\n  npx millrace promote apply --to staging\n  npx millrace promote apply --to prod --yes --no-follow   # in CI${CODES}`,
    )
    .action(async (options) => (await import("./promote/apply.ts")).apply(options));
  promote
    .command("follow")
    .description("follow the releases of models that a promotion began, until each is stable or thrown out, and write down which")
    .requiredOption("--to <environment>", ENVIRONMENTS.join(", "))
    .option("--json", "print what came of them as JSON; progress goes to standard error")
    .addHelpText("after", `\nExamples:\n  npx millrace promote follow --to prod${CODES}`)
    .action(async (options) => (await import("./promote/follow.ts")).followReleases(options));
  promote
    .command("registry")
    .description("tell the tracking server of an environment which versions are stable there; a promotion does it by itself")
    .requiredOption("--to <environment>", ENVIRONMENTS.join(", "))
    .option("--json", "print what it was told as JSON; progress goes to standard error")
    .addHelpText("after", `\nExamples:\n  npx millrace promote registry --to prod${CODES}`)
    .action(async (options) => (await import("./promote/registry.ts")).registry(options));
  promote
    .command("adopt")
    .description("write down, once, what an environment runs that came up before there was a ledger")
    .requiredOption("--to <environment>", ENVIRONMENTS.join(", "))
    .option("--json", "print the record as JSON; progress goes to standard error")
    .addHelpText("after", `\nExamples:\n  npx millrace promote adopt --to dev${CODES}`)
    .action(async (options) => (await import("./promote/adopt.ts")).adoptEnvironment(options));
  promote
    .command("approve")
    .description("approve a release for an environment by a file that your key signs; a review of the pull request counts too")
    .argument("<release>", "such as fraud@4, platform@staging")
    .requiredOption("--to <environment>", ENVIRONMENTS.join(", "))
    .requiredOption("--sign-key <file>", "your Ed25519 private key; its public part is in releases/signers.json")
    .option("--comment <text>", "what you say about it")
    .option(
      "--allow-replace <urn...>",
      "resources with data that may be replaced or deleted by it; without, you allow none",
      urns,
    )
    .option("--json", "print the file as JSON")
    .addHelpText("after", `\nExamples:\n  npx millrace promote approve fraud@4 --to prod --sign-key ~/.keys/ada.pem${CODES}`)
    .action(async (release: string, options) => (await import("./promote/approve.ts")).approveRelease(release, options));
  promote
    .command("status")
    .description("what each environment runs, since when, what is held, and what was begun and not ended")
    .option("--json", "print it as JSON")
    .addHelpText("after", `\nExamples:\n  npx millrace promote status${CODES}`)
    .action(async (options) => (await import("./promote/status.ts")).status(options));

  rollbackCommand(program);
  for (const [name, text] of [
    ["hold", "forbid promotions of a model, the platform or everything in an environment; a rollback stays possible"],
    ["resume", "allow them again"],
  ] as const) {
    program
      .command(name)
      .description(text)
      .argument("[what]", "model or platform (default: everything)")
      .requiredOption("--env <environment>", ENVIRONMENTS.join(", "))
      .requiredOption("--reason <text>", "why; it is written down")
      .option("--json", "print the record as JSON")
      .addHelpText("after", `\nExamples:\n  npx millrace ${name} fraud --env prod --reason "incident 4711"${CODES}`)
      .action(async (what: string | undefined, options) => (await import("./promote/hold.ts")).holdOrResume(name, what, options));
  }
}

/** Adds `rollback`, of a promotion and of what is served. @param typed words behind `npx millrace`. */
export function rollbackCommand(to: Command, typed = "rollback"): void {
  to.command("rollback")
    .description("go back to a release that was good there within the last 30 days; needs no new approval")
    .argument("<what>", "model or platform")
    .requiredOption("--env <environment>", ENVIRONMENTS.join(", "))
    .requiredOption("--reason <text>", "why; it is written down")
    .option("--to <release>", "version or id (default: the last one that was good there)")
    .option("--yes", "roll back without asking")
    .option("--no-follow", "return when the layers are up, while the release goes on")
    .option("--json", "print what came of it as JSON; progress goes to standard error")
    .addHelpText(
      "after",
      `\nA version that a measurement threw out never comes back. Nothing stateful of the platform is rolled back silently.\n\nExamples:\n  npx millrace ${typed} fraud --env prod --reason "chargebacks doubled"\n  npx millrace ${typed} fraud --env prod --to 3 --reason "chargebacks doubled" --yes${CODES}`,
    )
    .action(async (what: string, options) => (await import("./promote/rollback.ts")).rollback(what, options));
}

/** Takes one more URN of an option, before anything is looked at. @throws {BadInput} when it is none. */
function urns(text: string, before: readonly string[] = []): string[] {
  if (!URN.test(text)) {
    throw new BadInput(`'--allow-replace' ${URN_RULE}, got ${shown(text)}: the plan shows it`);
  }
  return [...before, text];
}
