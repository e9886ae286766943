import { type Phase, phase } from "../phase.ts";
import { SCENARIOS } from "../scenarios/index.ts";
import { SCENARIO_NAMES, type ScenarioName } from "../scenarios/names.ts";

/** The phase of a scenario. */
export const scenarioPhase = <Name extends ScenarioName>(name: Name): `scenario-${Name}` => `scenario-${name}`;

/** A phase for each scenario: only those run that somebody names. */
export const scenarios: readonly Phase[] = SCENARIO_NAMES.map((name) =>
  phase({
    name: scenarioPhase(name),
    summary: SCENARIOS[name].summary,
    needs: ["control-plane", "project", "models", "workloads", "first-answer"],
    onRequest: true,
    run: async (context) => ({ detail: await SCENARIOS[name].run(context) }),
  }),
);
