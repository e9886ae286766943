import { type Phase, phase } from "../phase.ts";
import { SCENARIOS } from "../scenarios/index.ts";
import { SCENARIO_NAMES, type ScenarioName } from "../scenarios/names.ts";
import { repeated } from "../scenarios/repeated.ts";
import type { Stage } from "../scenarios/stage.ts";

/** The phase of a scenario. */
export const scenarioPhase = <Name extends ScenarioName>(name: Name): `scenario-${Name}` => `scenario-${name}`;

/** A phase for each scenario: only those run that somebody names. */
export const scenarios: readonly Phase[] = SCENARIO_NAMES.map((name) =>
  phase({
    name: scenarioPhase(name),
    summary: SCENARIOS[name].summary,
    needs: ["control-plane", "project", "platform", "models", "workloads", "first-answer"],
    onRequest: true,
    quiet: true,
    apart: true,
    run: async (context) => ({ detail: await severalTimes(name, context) }),
  }),
);

async function severalTimes(name: ScenarioName, context: Stage): Promise<string> {
  const { outcome, update, times = 1 } = context;
  const from = outcome.releases.length;
  let said = "";
  for (let time = 1; time <= times; time += 1) {
    const which = times === 1 ? "" : `${time} of ${times}: `;
    try {
      said = await SCENARIOS[name].run({ ...context, update: (text) => update(`${which}${text}`) });
    } catch (error) {
      throw times === 1
        ? error
        : new Error(`time ${which}${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return times === 1 ? said : repeated(outcome.releases.slice(from), times);
}
