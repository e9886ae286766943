import { type Finding, unless } from "../../findings.ts";
import { VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { type Expression, selectorsIn } from "../../promql/syntax.ts";
import { type Bag, bag, bags, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import type { Measurement } from "./measurements.ts";
import { isOfOutcomes } from "./outcomes.ts";
import { canaryOf, managedRoutes } from "./rollouts.ts";

/*
 * A test may be about the requests that have a header. The root then leads to the delegate of a release twice: by a route of those requests,
 * and by one of all others behind it.
 */

/** Parts of a match by which an audience is told. */
const TELLING = ["headers", "withoutHeaders"];

/**
 * Whether a route of a root is that of an audience: behind it stands one to the same delegate that takes the same paths from everybody, so
 * that no request is left without a version.
 */
export function isOfAudience(http: Bag, later: readonly Bag[]): boolean {
  const all = later.filter((each) => delegateOf(each) === delegateOf(http)).flatMap((each) => bags(each, "match"));
  return bags(http, "match").every((match) => all.some((each) => sameText(each, withoutTelling(match))));
}

const delegateOf = (http: Bag): string => JSON.stringify(http["delegate"]);

const withoutTelling = (match: Bag): Bag => Object.fromEntries(Object.entries(match).filter(([key]) => !TELLING.includes(key)));

const sameText = (one: Bag, other: Bag): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
const sorted = (match: Bag): [string, unknown][] => Object.entries(match).toSorted(([one], [other]) => (one < other ? -1 : 1));

/** The label by which applications tell the events of an audience (docs/decisions/ab-test.md). */
const LABEL = "audience";

/** A comparison of users that takes in those who have the old version because they do not take part. */
export function ofEverybody({ own }: Measurement, query: Expression, rollout: Resource, stack: readonly Resource[]): Finding[] {
  if (!isOfOutcomes(query) || !hasAudience(rollout, stack)) {
    return [];
  }
  const all = selectorsIn(query).every(({ matchers }) =>
    matchers.some(({ label, operator, value }) => label === LABEL && operator === "=" && value === "true"),
  );
  return unless(all, {
    ...own("provider.prometheus.query"),
    got: "events of everybody",
    want: `a comparison within the audience that the routes of the release tell, by ${LABEL}="true"`,
  });
}

/** Whether requests reach a release by a route of those with a header. */
function hasAudience(rollout: Resource, stack: readonly Resource[]): boolean {
  const managed = managedRoutes(canaryOf(rollout) ?? {}).map((named) => placed(text(named, "name") ?? "", namespaceOf(rollout)));
  return stack
    .filter(({ type }) => VIRTUAL_SERVICES.includes(type))
    .some((route) =>
      bags(route.inputs, "spec", "http")
        .filter((http) => {
          const target = bag(http, "delegate");
          return managed.includes(`${text(target, "namespace") ?? namespaceOf(route)}/${text(target, "name")}`);
        })
        .some((http) => bags(http, "match").some((match) => TELLING.some((part) => isSet(match, part)))),
    );
}

const placed = (written: string, home: string): string => {
  const [name, namespace = home] = written.split(".");
  return `${namespace}/${name}`;
};
