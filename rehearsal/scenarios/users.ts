// A good release, who gets which version in it, and the way back.

import { FORCE_HEADER } from "#components/serving/names";
import { models } from "#stacks/inputs/models";
import { readPointer } from "#stacks/inputs/releases/read";
import { MODEL } from "../models.ts";
import { AFTER_PROMOTION, demand, demandGood } from "../phases/releases.ts";
import { counted, type Sample } from "../traffic/sample.ts";
import { FEW } from "./new-version.ts";
import { demandUnharmed, type Scenario } from "./scenario.ts";
import { shared } from "./shared.ts";
import { Trial, type TrialOptions } from "./trial.ts";

/** Requests a second with the header, beside the users. */
const FORCED_RATE = 20;
/** Users of the sticky scenario: each sends a request every 40 seconds, so that few meet each share more than once. */
const PEOPLE = 10_000;

/** A good version takes over from another one among users with names, and beside them come requests with the header. */
const goodRelease = shared(async (stage) => {
  const before = readPointer(stage.environment, stage.workspace.releases).models[stage.served.model]!;
  return Trial.of(stage, models[MODEL]?.sticky ? { users: named(PEOPLE) } : {}, async (trial) => {
    const { version } = trial;
    await trial.untilWeight(5);
    const from = Date.now() + 1_000;
    const load = trial.send(FORCED_RATE, { headers: { [FORCE_HEADER.name]: FORCE_HEADER.value } });
    await trial.untilWeight(100);
    const until = Date.now();
    await load.stop();
    const forced = load.take().filter(({ at }) => at >= from && at < until);
    const result = await trial.untilPromoted(version, AFTER_PROMOTION);
    return { before, version, result, forced, left: leavers(trial.samples, version), met: met(trial.samples, version) };
  });
});

export const good: Scenario = {
  summary: "a good version takes over step by step: shares as asked for, no request fails",
  run: async (stage) => {
    const { version, result } = await goodRelease(stage, "good");
    demandGood(result);
    const shares = result.windows.map(({ observed }) => observed.toFixed(1)).join(" · ");
    return `v${version} served ${shares} % · ${demandUnharmed(result)}`;
  },
};

export const rollback: Scenario = {
  summary: "after a complete release the version before comes back by a release of its own",
  run: async (stage) => {
    const { before } = await goodRelease(stage, "rollback");
    return Trial.of(stage, { ...FEW, version: before }, async (trial) => {
      const result = await trial.untilPromoted();
      return `v${before} again ${result.seconds.toFixed(0)} s after it was asked for · ${demandUnharmed(result)}`;
    });
  },
};

export const forced: Scenario = {
  summary: "requests with the header reach the new version at every share, whatever the other users get",
  run: async (stage) => {
    const { version, result, forced: requests } = await goodRelease(stage, "forced-header");
    const astray = requests.filter((each) => each.version !== version).length;
    demand(requests.length > 0, "requests with the header must have been sent, none was");
    demand(astray === 0, `each request with the header must reach version ${version}, ${astray} of ${requests.length} did not`);
    demandUnharmed(counted(requests));
    return `${requests.length} of ${requests.length} with the header reached v${version} · ${demandUnharmed(result)}`;
  },
};

export const sticky: Scenario = {
  summary: "a user who has met the new version stays with it while its share grows",
  run: async (stage) => {
    // It says so where the model does not name its users.
    named(PEOPLE);
    const { version, result, left, met: moved } = await goodRelease(stage, "sticky");
    demand(left.length === 0, `no user may leave the new version while its share grows, ${left.length} did, such as ${left[0]}`);
    return `0 of ${moved} users who met v${version} left it · ${demandUnharmed(result)}`;
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
