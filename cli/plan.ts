import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { ENVIRONMENTS } from "#stacks/environments/profile";
import { checkFile, environmentNamed } from "./bad-input.ts";

interface PlanOptions {
  against?: string;
  tree?: boolean;
  json?: boolean;
  markdown?: boolean;
  html?: string;
  svg?: string;
}

export function planCommand(program: Command): void {
  program
    .command("plan")
    .description(
      "what an environment would be: resources by layer and component, cost, differences; needs no cloud and no engine",
    )
    .argument("<environment>", ENVIRONMENTS.join(", "))
    .option(
      "--against <environment or git ref>",
      "show how it differs from another environment, or from another commit of itself",
    )
    .option("--tree", "every component with what it holds")
    .option("--json", "everything, as JSON on standard output")
    .option("--markdown", "a comment for a pull request")
    .option("--html <file>", "one self-contained page with the graph of resources")
    .option("--svg <file>", "the graph alone, as a picture")
    .addHelpText(
      "after",
      "\nExamples:\n  millrace plan prod --against staging\n  millrace plan dev --html plan.html\n  millrace plan prod --against main --markdown",
    )
    .action(plan);
}

async function plan(word: string, options: PlanOptions): Promise<void> {
  const environment = environmentNamed(word);
  for (const option of ["html", "svg"] as const) {
    if (options[option] !== undefined) checkFile(`--${option}`, options[option]);
  }
  // Loaded here, so that `--help` and a mistyped name answer at once.
  const [{ planEnvironment }, { checkAgainst, planAgainst }, { costOf }, { profiles }] = await Promise.all([
    import("#plan/environment"),
    import("#plan/against"),
    import("#plan/cost"),
    import("#stacks/environments/index"),
  ]);
  if (options.against !== undefined) checkAgainst(options.against);
  const planned = await planEnvironment(environment);
  const cost = costOf(planned);
  const profile = profiles[environment];
  const difference = options.against === undefined ? undefined : await planAgainst(planned, options.against);

  if (options.html !== undefined) {
    const { planPage } = await import("#plan/html");
    writeFileSync(options.html, planPage(planned, cost, difference));
    console.error(`${options.html} written: open it in a browser`);
  }
  if (options.svg !== undefined) {
    const [{ graphOf }, { pictureFile }] = await Promise.all([import("#plan/graph"), import("#plan/picture")]);
    writeFileSync(options.svg, pictureFile(graphOf(planned, cost)));
    console.error(`${options.svg} written`);
  }
  if (options.json) {
    console.log(JSON.stringify({ ...planned, profile, cost, difference }, null, 2));
  } else if (options.markdown) {
    const { planMarkdown } = await import("#plan/markdown");
    console.log(planMarkdown(planned, cost, difference));
  } else if (options.html === undefined && options.svg === undefined) {
    const { planText } = await import("#plan/text");
    console.log(planText(planned, cost, { tree: options.tree ?? false, difference }));
  }
}
