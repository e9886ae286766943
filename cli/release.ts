import type { Command } from "commander";

const REFERENCES =
  "A release is named <model>@<version> or platform@<id>; in place of version or id the name of an environment, for what it runs; or by its file.";

const CODES = {
  read: "\n\nExit codes:\n  0  done\n  2  something that was typed, or a file of a release, is wrong",
  create:
    "\n\nExit codes:\n  0  the release is written\n  1  sigstore gave no signature; nothing was written\n  2  something that was typed, or a file, is wrong; nothing was written",
  verify:
    "\n\nExit codes:\n  0  every release is as it must be\n  1  something is wrong with a release: the lines with ✗ say what\n  2  something that was typed is wrong",
  format: "\n\nExit codes:\n  0  every file is in its form\n  2  a file says something else than it may; nothing was written",
};

/** Adds `release …`: releases of models and of the platform, which are files. */
export function releaseCommand(program: Command): void {
  const release = program
    .command("release")
    .description("releases of models and of the platform: files that are written once, checked and compared");
  const create = release.command("create").description("write a release; it never changes afterwards");
  withAuthor(
    create
      .command("model")
      .description("release a version of a model")
      .argument("<name>", "model of stacks/inputs/models.ts")
      .requiredOption("--version <number>", "version in the registry")
      .option("--from <file>", "record of the version as JSON, with the keys of a release; the options below go before it")
      .option("--run <id>", "training run in MLflow, 32 hexadecimal digits")
      .option("--data <version>", "version of the training data")
      .option("--features <version>", "version of the features")
      .option("--code <commit>", "commit of the training code, 40 hexadecimal digits")
      .option("--metric <split.name=value...>", "such as test.auc=0.93; splits are train, validation and test")
      .option("--sha256 <digest>", "sha256 over the files of the version")
      .option("--image <repository@digest>", "model server image")
      .option("--runtime <kind>", 'kind of program that serves it (default: "image")')
      .option(
        "--fetcher <repository@digest>",
        "image that fetches the files, for every other runtime: the platform's model server",
      )
      .option("--parent <version>", "version that it replaces (default: the newest before it)"),
  )
    .addHelpText(
      "after",
      `\nExamples:\n  npx millrace release create model fraud --version 4 --from record.json\n  npx millrace release create model fraud --version 4 --from record.json --metric test.auc=0.931 --sign-key ~/.keys/ada.pem\n  npx millrace release create model fraud --version 4 --from record.json --keyless --yes --json   # in CI${CODES.create}`,
    )
    .action(async (name: string, options) => (await import("./release/create.ts")).createModel(name, options));
  withAuthor(
    create
      .command("platform")
      .description("release the program that is checked out: its commit, lockfile, charts and images")
      .option("--id <id>", "day and number, such as 2026.12.01-1 (default: today's next)"),
  )
    .addHelpText(
      "after",
      `\nExamples:\n  npx millrace release create platform\n  npx millrace release create platform --keyless --yes --json   # in CI${CODES.create}`,
    )
    .action(async (options) => (await import("./release/create.ts")).createPlatform(options));
  release
    .command("show")
    .description("what a release says, and where it runs")
    .argument("<release>", "such as fraud@4, fraud@prod, platform@prod")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `\n${REFERENCES}\n\nExamples:\n  npx millrace release show fraud@4\n  npx millrace release show platform@prod --json${CODES.read}`,
    )
    .action(async (name: string, options) => (await import("./release/show.ts")).show(name, options));
  release
    .command("verify")
    .description("check releases without a network: content, form, history, bytes, signatures, what each environment runs")
    .argument("[releases...]", "which ones (default: every file in releases/)")
    .option("--tree", "compare platform releases with the working tree too: commit, lockfile, charts, images")
    .option("--json", "print what was found as JSON")
    .addHelpText(
      "after",
      `\n${REFERENCES}\n\nExamples:\n  npx millrace release verify\n  npx millrace release verify fraud@4 --json\n  npx millrace release verify platform@prod --tree${CODES.verify}`,
    )
    .action(async (names: string[], options) => (await import("./release/verify.ts")).verify(names, options));
  release
    .command("diff")
    .description("what differs from one release to another: metrics, data, code, image")
    .argument("<from>", "such as fraud@prod")
    .argument("<to>", "such as fraud@4")
    .option("--json", "print the differences as JSON")
    .addHelpText(
      "after",
      `\n${REFERENCES}\n\nExamples:\n  npx millrace release diff fraud@prod fraud@4\n  npx millrace release diff platform@prod platform@dev --json${CODES.read}`,
    )
    .action(async (from: string, to: string, options) => (await import("./release/diff.ts")).diff(from, to, options));
  release
    .command("list")
    .description("every release, with who signed it and where it runs")
    .option("--model <name>", "of one model")
    .option("--env <environment>", "what one environment runs")
    .option("--json", "print them as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  npx millrace release list\n  npx millrace release list --model fraud\n  npx millrace release list --env prod --json${CODES.read}`,
    )
    .action(async (options) => (await import("./release/list.ts")).list(options));
  release
    .command("format")
    .description("write files that say the right things in another form as they must be: after a merge, after an edit")
    .option("--json", "print the files that were written as JSON")
    .addHelpText("after", `\nExamples:\n  npx millrace release format${CODES.format}`)
    .action(async (options) => (await import("./release/format.ts")).format(options));
}

/** Adds what both kinds of releases are created with: who releases it, how it is signed, and how the command asks and answers. */
const withAuthor = (command: Command): Command =>
  command
    .option("--author <name>", "who releases it (default: as Git knows you)")
    .option("--sign-key <file>", "sign with an Ed25519 private key of a signer in releases/signers.json")
    .option("--keyless", "sign with the identity of the CI job, by sigstore")
    .option("--yes", "write without asking")
    .option("--json", "print what was written as JSON");
