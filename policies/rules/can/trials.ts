import { type Expression, type Selector, selectorsIn, within } from "../../promql/syntax.ts";
import { type Series, triedOn, Untried, type Vector } from "../../promql/trial.ts";
import { numberOr } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { isKnown, isOfAll } from "./labels.ts";
import type { Measurement } from "./measurements.ts";
import { fewestRequests } from "./queries.ts";
import { answering, boundOf, exceptionsIn, meaningOf, outcomesOf, shareOf } from "./shares.ts";
import { NEVER_PAUSES, passes } from "./verdicts.ts";
import { oldShares, type Versions, versionsOf } from "./versions.ts";

/*
 * A query about a share is tried: on what two pods of a bad version and the pods of the old one would have counted, an answer must not let the
 * release go on. However a share is turned, none of its bad answers may be lost on the way.
 */

/** Requests to the pods of a version, and the share of them that go wrong. */
interface Counted {
  requests: readonly number[];
  bad: readonly number[];
}

interface World {
  fresh: Counted;
  old: Counted;
  /** What the new version does, for whoever reads it. */
  told: string;
}

const MEANINGS = ["bad", "good"] as const;
type Meaning = (typeof MEANINGS)[number];

/** Shares of bad requests that no version may have. */
const BAD = [0.3, 0.4142, 0.7321, 1];
/** Shares that an old version may have, and one without requests, as it is after the last step. */
const OLD = [0, 0.02];
/** Good requests that a counter has from before, for each one in a window. */
const LONG_AGO = 1_000;

/** Requests to a pod besides the fewest. */
const MANY = [400, 20_000, 1e6];

/** Whether a query tells bad versions from a good one; where not, which version it takes for which. */
export type Verdict = { lost: string } | "tells" | "unknown";

/** What a measurement makes of versions that are bad, and of one that is not. */
export function verdictOf({ conditions, metric }: Measurement, query: Expression, rollout: Resource): Verdict {
  const [share, versions] = [shareOf(query), versionsOf(rollout)];
  if (share === undefined || (isAlsoOfOld(share.right, versions) && meaningOf(share) === undefined)) {
    return "unknown";
  }
  const pauses = numberOr(0, metric, "inconclusiveLimit") <= NEVER_PAUSES;
  const fewest = fewestRequests(answering(query)) ?? 10;
  const [bad, good] = [worlds(fewest, isAlsoOfOld(query, versions)), goodWorld(fewest)];
  const chosen = chosenBy(rollout);
  const lostBy = (meaning: Meaning): string | undefined => {
    const answersIn = (world: World): number[] => triedOn(query, seriesOf(world, chosen, meaning));
    const goesOn = (answers: readonly number[]): boolean => passes(conditions, answers, pauses) !== false;
    const unasked = answersIn(UNASKED);
    return (
      bad.find((world) => goesOn(answersIn(world)))?.told ??
      (unasked.length > 0 && goesOn(unasked) ? UNASKED.told : undefined) ??
      (goesOn(answersIn(good)) ? undefined : good.told)
    );
  };
  try {
    // A label that nobody knows chooses bad answers or good ones.
    const lost = (meaningOf(share) === undefined ? MEANINGS : MEANINGS.slice(0, 1)).map(lostBy);
    return lost[0] === undefined || lost.includes(undefined) ? "tells" : { lost: lost[0] };
  } catch (error) {
    if (error instanceof Untried) {
      return "unknown";
    }
    throw error;
  }
}

/** Whether a query makes a comparison its answer: the difference of two versions, or how many times one is as bad as the other. */
export function isComparison(query: Expression, rollout: Resource): boolean {
  const excepted = new Set(exceptionsIn(query).flatMap(({ right }) => within(right)));
  return oldShares(query, rollout).some((each) => !excepted.has(each));
}

const isAlsoOfOld = (query: Expression, { isOld }: Versions): boolean =>
  selectorsIn(query).some(({ matchers }) => matchers.some(isOld));

const alike = (requests: number, bad: number): Counted => ({ requests: [requests, requests], bad: [bad, bad] });

/** A version without requests has no answer, whatever the old one does. */
const UNASKED: World = {
  fresh: { requests: [], bad: [] },
  old: alike(1e9, 0),
  told: "a version passes that has no requests",
};

/** What a version must not be stopped for, however well the old one does. */
function goodWorld(fewest: number): World {
  const busy = Math.max(fewest, 1e6);
  return { fresh: alike(busy, 0), old: alike(busy, 0.001), told: "a version is stopped that fails nothing" };
}

/** Versions that must be stopped. */
function worlds(fewest: number, beside: boolean): World[] {
  const percent = (share: number): string => `${Math.round(share * 100)} % of requests`;
  const busy = Math.max(fewest, 20_000);
  const enough = MANY.filter((requests) => requests > fewest);
  const even = [fewest, ...enough].flatMap((requests) =>
    BAD.flatMap((bad) =>
      OLD.map((old) => ({
        fresh: alike(requests, bad),
        old: alike(Math.max(requests, 400), old),
        told: `a version passes that fails ${percent(bad)}`,
      })),
    ),
  );
  // A pod that fails has its requests beside one that does not.
  const uneven = [
    [1, 0],
    [0, 1],
  ].map((bad) => ({
    fresh: { requests: [busy, busy], bad },
    old: alike(busy, 0),
    told: "a version passes that fails all requests of one of two pods",
  }));
  const half = "a version passes that fails half of its requests";
  const besides = [
    {
      fresh: alike(busy, 0.5),
      old: { requests: [], bad: [] },
      told: `${half} once the old version has none, as after the last step`,
    },
    { fresh: alike(busy, 0.5), old: alike(100 * busy, 0), told: `${half}, beside an old version with a hundred times as many` },
  ];
  return [...even, ...uneven, ...(beside ? besides : [])];
}

/** What a selection counts, which is the same in every trial. */
interface Chosen {
  version: "fresh" | "old";
  part: Meaning | "all" | undefined;
  /** Good requests that its counter has from before, for each one in the window: one that is not read over a time still has them. */
  before: number;
}

/** Reads each selection of a query once. */
function chosenBy(rollout: Resource): (selector: Selector) => Chosen {
  const versions = versionsOf(rollout);
  const known = new Map<string, Chosen>();
  return (selector) => {
    const found = known.get(selector.text) ?? {
      version: versionIn(selector, versions),
      part: partOf(selector, versions, rollout),
      before: selector.range === undefined && !selector.name.includes(":") ? LONG_AGO : 0,
    };
    known.set(selector.text, found);
    return found;
  };
}

const seriesOf = (world: World, chosen: (selector: Selector) => Chosen, unknown: Meaning): Series => ({
  grown: (selector: Selector): Vector => {
    const { version, part = unknown, before } = chosen(selector);
    const { requests, bad } = world[version];
    return requests.map((count, pod) => {
      const failed = count * (bad[pod] ?? 0);
      const all = count * (1 + before);
      return part === "all" ? all : part === "bad" ? failed : all - failed;
    });
  },
  tellsApart: (label: string): boolean => !isOfAll(label),
});

function versionIn({ matchers, name, text }: Selector, { isNew, isOld }: Versions): Chosen["version"] {
  const chosen = matchers.filter(({ operator }) => !operator.startsWith("!"));
  const [isOfNew, isOfOld] = [chosen.some(isNew), chosen.some(isOld)];
  if (isOfNew === isOfOld || name.endsWith("_sum")) {
    throw new Untried(text);
  }
  return isOfNew ? "fresh" : "old";
}

/** What a selection counts of the requests to a version; `undefined` where a label says so that nobody knows. */
function partOf(selector: Selector, versions: Versions, rollout: Resource): Chosen["part"] {
  const outcomes = outcomesOf(selector);
  if (outcomes !== undefined) {
    const [failures, successes] = [outcomes.includes("5"), outcomes.includes("2")];
    return failures === successes ? "all" : failures ? "bad" : "good";
  }
  if (boundOf(selector) !== undefined) {
    return "good";
  }
  return selector.matchers.every((each) => isKnown(each, selector, rollout, versions)) ? "all" : undefined;
}
