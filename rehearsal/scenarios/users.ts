// Who gets which version.

import { FORCE_HEADER } from "#components/serving/names";
import { models } from "#stacks/inputs/models";
import { MODEL } from "../models.ts";
import { demand } from "../phases/releases.ts";
import type { Sample } from "../traffic/sample.ts";
import { FEW } from "./new-version.ts";
import { demandUnharmed, type Scenario } from "./scenario.ts";
import { Trial, type TrialOptions } from "./trial.ts";

/** Requests a second with the header, beside the users. */
const FORCED_RATE = 20;
/** Users of the sticky scenario: each sends a request every 40 seconds, so that few meet each share more than once. */
const PEOPLE = 10_000;

export const forced: Scenario = {
  summary: "requests with the header reach the new version at every share, whatever the other users get",
  run: (stage) =>
    Trial.of(stage, FEW, async (trial) => {
      await trial.untilWeight(5);
      const from = Date.now() + 1_000;
      const load = trial.send(FORCED_RATE, { headers: { [FORCE_HEADER.name]: FORCE_HEADER.value } });
      await trial.untilWeight(100);
      const until = Date.now();
      await load.stop();
      const requests = load.take().filter(({ at }) => at >= from && at < until);
      const astray = requests.filter(({ version }) => version !== trial.version).length;
      demand(requests.length > 0, "requests with the header must have been sent, none was");
      demand(
        astray === 0,
        `each request with the header must reach version ${trial.version}, ${astray} of ${requests.length} did not`,
      );
      return `${requests.length} of ${requests.length} with the header reached v${trial.version} · ${demandUnharmed(await trial.untilPromoted())}`;
    }),
};

export const sticky: Scenario = {
  summary: "a user who has met the new version stays with it while its share grows",
  run: (stage) => {
    return Trial.of(stage, { users: named(PEOPLE) }, async (trial) => {
      const result = await trial.untilPromoted();
      const [left, moved] = [leavers(trial.samples, trial.version), met(trial.samples, trial.version)];
      demand(
        left.length === 0,
        `no user may leave the new version while its share grows, ${left.length} did, such as ${left[0]}`,
      );
      return `0 of ${moved} users who met v${result.version} left it · ${demandUnharmed(result)}`;
    });
  },
};

/** Users with a name, each of whom keeps one version. @throws {Error} when the model does not say what names them. */
export function named(count: number): TrialOptions["users"] & {} {
  const sticky = models[MODEL]?.sticky;
  if (sticky === undefined) {
    throw new Error(`stacks/inputs/models.ts must say what names the users of ${MODEL}, for this scenario: sticky`);
  }
  return { people: { sticky, count } };
}

/** Users to whom the version before answered after the new one had. Answers that overlap prove nothing. */
export function leavers(samples: readonly Sample[], version: string): string[] {
  const since = new Map<string, number>();
  const left = new Set<string>();
  for (const { at, ms, person = "", version: by } of samples.toSorted((one, other) => one.at - other.at)) {
    if (by === version) {
      since.set(person, Math.min(at, since.get(person) ?? Infinity));
    } else if (by !== "" && at - ms > (since.get(person) ?? Infinity)) {
      left.add(person);
    }
  }
  return [...left];
}

const met = (samples: readonly Sample[], version: string): number =>
  new Set(samples.filter((each) => each.version === version).map(({ person }) => person)).size;
