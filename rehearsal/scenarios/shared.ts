import type { Outcome } from "../outcome.ts";
import type { ScenarioName } from "./names.ts";
import type { Stage } from "./stage.ts";

/**
 * A release that several scenarios look at, so that it is made once for all of them. One that has seen it already, because it is tried again,
 * gets a new one.
 */
export function shared<Seen>(release: (stage: Stage) => Promise<Seen>): (stage: Stage, by: ScenarioName) => Promise<Seen> {
  const last = new WeakMap<Outcome, { seen: Promise<Seen>; by: Set<ScenarioName> }>();
  return (stage, by) => {
    const found = last.get(stage.outcome);
    const one = found && !found.by.has(by) ? found : { seen: release(stage), by: new Set<ScenarioName>() };
    last.set(stage.outcome, one);
    one.by.add(by);
    return one.seen;
  };
}
