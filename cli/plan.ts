import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Policy } from "#plan/policy";
import type { Day } from "#policies/day";
import type { Exception } from "#policies/exceptions";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { BadInput, checkFile, environmentNamed, writeOutput } from "./bad-input.ts";
import { print, printJson, sayBeside } from "./say.ts";

interface PlanOptions {
  against?: string;
  tree?: boolean;
  json?: boolean;
  markdown?: boolean;
  html?: string;
  svg?: string;
  sarif?: string;
  junit?: string;
}

export function planCommand(program: Command): void {
  program
    .command("plan")
    .description(
      "show what an environment would be: resources, cost, capacity, policy rules and differences; needs no cloud and no engine",
    )
    .argument("<environment>", ENVIRONMENTS.join(", "))
    .option(
      "--against <environment or git ref>",
      "compare it with another environment, or with its own program at another commit",
    )
    .option("--tree", "list every component with its resources")
    .addOption(new Option("--json", "print everything as JSON").conflicts(["markdown", "tree"]))
    .addOption(new Option("--markdown", "print a comment for a pull request").conflicts("tree"))
    .option("--html <file>", "write one self-contained page with the graph of resources")
    .option("--svg <file>", "write only the graph, as a picture")
    .option("--sarif <file>", "write the violations of policy rules, for code scanning")
    .option("--junit <file>", "write one test case for each policy rule, for CI")
    .addHelpText(
      "after",
      "\nExamples:\n  npx millrace plan prod --against staging\n  npx millrace plan dev --html plan.html\n  npx millrace plan prod --against main --markdown\n\nExit codes:\n  0  planned\n  2  an option, MILLRACE_TODAY, the config or policies/exceptions.yaml is wrong; nothing was planned\n  5  planned, and a mandatory policy rule is violated\n  6  planned, and only the calendar violates a mandatory rule: a support or an exception has ended\n  7  planned, and pods do not fit on the nodes",
    )
    .action(plan);
}

async function plan(word: string, options: PlanOptions): Promise<void> {
  const environment = environmentNamed(word);
  const files = (["html", "svg", "sarif", "junit"] as const).filter((option) => options[option] !== undefined);
  for (const [index, option] of files.entries()) {
    const file = options[option]!;
    checkFile(`--${option}`, file);
    const other = files.slice(0, index).find((each) => resolve(options[each]!) === resolve(file));
    if (other !== undefined) {
      throw new BadInput(`'--${option}' must be another file than that of '--${other}', got '${file}' for both`);
    }
  }
  // Loaded here, so that `--help` and a mistyped name answer at once.
  const [
    { planEnvironment },
    { checkAgainst, planAgainst },
    { costOf },
    { profiles },
    { exitCodeOf, policyOf },
    { capacityOf, DOES_NOT_FIT },
  ] = await Promise.all([
    import("#plan/environment"),
    import("#plan/against"),
    import("#plan/cost"),
    import("#stacks/inputs/environments/index"),
    import("#plan/policy"),
    import("#plan/capacity/capacity"),
  ]);
  if (options.against !== undefined) {
    checkAgainst(options.against);
  }
  const [exceptions, day] = [await readExceptions(), await readDay()];
  const planned = await planEnvironment(environment);
  const capacity = capacityOf(planned);
  const cost = costOf(planned, capacity);
  const profile = profiles[environment];
  const policy = policyOf(planned, exceptions, day);
  process.exitCode = exitCodeOf(policy) || (capacity.refusals.length > 0 ? DOES_NOT_FIT : undefined);
  const difference = options.against === undefined ? undefined : await planAgainst(planned, options.against);

  if (options.html !== undefined) {
    const { planPage } = await import("#plan/views/html");
    writeOutput("--html", options.html, planPage(planned, cost, difference, policy, capacity));
    sayBeside(`${options.html} written: open it in a browser`);
  }
  if (options.svg !== undefined) {
    const [{ graphOf }, { pictureFile }] = await Promise.all([import("#plan/graph"), import("#plan/views/picture")]);
    writeOutput("--svg", options.svg, pictureFile(graphOf(planned, cost)));
    sayBeside(`${options.svg} written`);
  }
  await writeReports(policy, options);
  if (options.json) {
    const { policyJson } = await import("#policies/reports/json");
    printJson({ ...planned, profile, cost, capacity, difference, policy: policyJson(policy.verdicts) });
  } else if (options.markdown) {
    const { planMarkdown } = await import("#plan/views/markdown");
    print(planMarkdown(planned, cost, difference, policy, capacity));
  } else if (options.html === undefined && options.svg === undefined) {
    const [{ planText }, { columnsOf }] = await Promise.all([import("#plan/views/text"), import("#render/width")]);
    const width = columnsOf(process.stdout);
    print(planText(planned, cost, { tree: options.tree ?? false, difference, policy, capacity, width }));
  }
}

/** @throws {BadInput} when the file of exceptions cannot be used. */
async function readExceptions(): Promise<Exception[]> {
  const [{ RULES }, { ExceptionsError }, { exceptionsInForce }] = await Promise.all([
    import("#policies/catalogue"),
    import("#policies/exceptions"),
    import("#policies/exceptions-file"),
  ]);
  try {
    return exceptionsInForce(RULES.map(({ id }) => id));
  } catch (error) {
    throw error instanceof ExceptionsError ? new BadInput(error.message) : error;
  }
}

/** @throws {BadInput} when `MILLRACE_TODAY` is no day. */
async function readDay(): Promise<Day> {
  const { DayError, today } = await import("#policies/day");
  try {
    return today();
  } catch (error) {
    throw error instanceof DayError ? new BadInput(error.message) : error;
  }
}

/** The files for code scanning and CI, in addition to the other outputs. */
async function writeReports({ verdicts }: Policy, files: Pick<PlanOptions, "sarif" | "junit">): Promise<void> {
  const [{ RULES }, { ruleAddress }, { sarif }, { junit }] = await Promise.all([
    import("#policies/catalogue"),
    import("#plan/policy"),
    import("#policies/reports/sarif"),
    import("#policies/reports/junit"),
  ]);
  const texts = {
    sarif: () => JSON.stringify(sarif(verdicts, RULES, ruleAddress), null, 2),
    junit: () => junit(verdicts, RULES),
  };
  for (const kind of ["sarif", "junit"] as const) {
    const file = files[kind];
    if (file !== undefined) {
      writeOutput(`--${kind}`, file, texts[kind]());
      sayBeside(`${file} written`);
    }
  }
}
