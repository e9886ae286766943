import { styleText } from "node:util";
import type { Choice, Phase } from "#rehearsal/phase";
import { isPhaseName, PHASES } from "#rehearsal/phases/index";
import { scenarioPhase } from "#rehearsal/phases/scenarios";
import type { PhaseName } from "#rehearsal/results";
import { SCENARIO_NAMES, type ScenarioName } from "#rehearsal/scenarios/names";
import { leftOut, type Selection } from "#rehearsal/selection";
import { shown, suggestion } from "#stacks/wording";
import { BadInput } from "./bad-input.ts";

/** What the command line says about the phases. */
export interface SelectionWords {
  only?: string | undefined;
  until?: string | undefined;
  scenario?: string | undefined;
}

/**
 * The phases that were asked for.
 *
 * @param only names, separated by commas. @default - all
 * @param until name of the last phase. @default - the last one
 * @param scenario names of scenarios, separated by commas, or `all`. @default - none
 * @throws {BadInput} when a name is unknown, or both are given.
 */
export function selectionOf({ only, until, scenario }: SelectionWords): Selection {
  if (scenario !== undefined) {
    const other = [only !== undefined && "--only", until !== undefined && "--until"].find((word) => word !== false);
    if (other) {
      throw new BadInput(`'--scenario' must be given without '${other}', got both: it runs the scenarios with what they need`);
    }
    return { only: [...scenariosNamed(scenario).map(scenarioPhase), "protection", "destroy"] };
  }
  if (only !== undefined && until !== undefined) {
    throw new BadInput("'--until' must be given without '--only', got both: '--only' runs the named phases with what they need");
  }
  return {
    ...(only !== undefined && { only: only.split(",").map((word) => phaseNamed("--only", word.trim())) }),
    ...(until !== undefined && { until: phaseNamed("--until", until) }),
  };
}

function scenariosNamed(words: string): readonly ScenarioName[] {
  return words === "all"
    ? SCENARIO_NAMES
    : words.split(",").map((word) => {
        const name = SCENARIO_NAMES.find((each) => each === word.trim());
        if (name === undefined) {
          throw new BadInput(
            `'--scenario' must name scenarios (${SCENARIO_NAMES.join(", ")}) or be 'all', got ${shown(word)}${suggestion(word, SCENARIO_NAMES)}`,
          );
        }
        return name;
      });
}

function phaseNamed(option: string, word: string): PhaseName {
  if (word === "tools") {
    throw new BadInput(
      `'${option}' must name phases of a rehearsal, got 'tools': tools are found or built before the phases, whichever are asked for; \`npx millrace rehearse --list\` shows the phases`,
    );
  }
  if (!isPhaseName(word)) {
    const hint =
      suggestion(
        word,
        PHASES.map(({ name }) => name),
      ) || ": `npx millrace rehearse --list` shows them";
    throw new BadInput(`'${option}' must name phases of a rehearsal, got '${word}'${hint}`);
  }
  return word;
}

/** A phase as `--list` shows it. */
export interface ListedPhase extends Pick<Phase, "name" | "summary" | "needs"> {
  /** Why the rehearsal goes without it. Absent where it would run. */
  skipped?: string;
}

/** All phases, each with the reason why this rehearsal would skip it. */
export function listPhases(choice: Choice, selection: Selection): ListedPhase[] {
  const skipped = leftOut(PHASES, selection);
  return PHASES.map((phase) => {
    const why = skipped.get(phase.name) ?? phase.skip?.(choice);
    const { name, summary, needs } = phase;
    return { name, summary, needs, ...(why !== undefined && { skipped: why }) };
  });
}

/** The phases as a person reads them. */
export function phasesText(phases: readonly ListedPhase[]): string {
  const width = Math.max(...phases.map(({ name }) => name.length)) + 2;
  const under = (text: string): string => `  ${" ".repeat(width)}${styleText("dim", text)}`;
  const lines = phases.flatMap(({ name, summary, needs, skipped }) => [
    `  ${styleText(skipped === undefined ? "bold" : "dim", name.padEnd(width))}${summary}`,
    ...(needs.length === 0 ? [] : [under(`needs ${needs.join(", ")}`)]),
    ...(skipped === undefined ? [] : [under(`skipped: ${skipped}`)]),
  ]);
  return [...lines, "", "The tools are found, or built the first time, before these."].join("\n");
}
