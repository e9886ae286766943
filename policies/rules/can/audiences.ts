import { type Finding, unless } from "../../findings.ts";
import { istioTypes, VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { type Expression, selectorsIn } from "../../promql/syntax.ts";
import { type Bag, bag, bags, flag, isSet, text, texts } from "../../read.ts";
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

/** A way from a root to the delegate of a release. */
interface Way {
  root: Resource;
  index: number;
  http: Bag;
  /** Weighted routes of the delegate that the release manages. */
  routes: readonly string[];
}

const isTold = ({ http }: Way): boolean => bags(http, "match").some((match) => TELLING.some((part) => isSet(match, part)));

const hasAudience = (rollout: Resource, stack: readonly Resource[]): boolean => waysTo(rollout, stack).some(isTold);

const ENVOY_FILTERS = istioTypes("networking.istio.io", "EnvoyFilter");

/**
 * Everybody else whose version is drawn as that of an audience: the weight of a test reaches them too. Both routes end in one weight, so only
 * an EnvoyFilter can tell them apart.
 */
export function drawnAlike(rollout: Resource, stack: readonly Resource[]): Finding[] {
  const ways = waysTo(rollout, stack);
  const drawn = new Map(stack.filter(({ type }) => ENVOY_FILTERS.includes(type)).flatMap(hashesOf));
  const hashes = (way: Way): (string | undefined)[] => way.routes.map((route) => drawn.get(`${text(way.http, "name")}-${route}`));
  const told = ways.filter(isTold).flatMap(hashes);
  return told.length === 0
    ? []
    : ways
        .filter((way) => !isTold(way))
        .flatMap((way) =>
          unless(
            [...told, ...hashes(way)].every((hash) => hash !== undefined) && !hashes(way).some((hash) => told.includes(hash)),
            {
              resource: way.root,
              property: `spec.http[${way.index}].name`,
              got: text(way.http, "name") ?? "nothing",
              want: "the name of a route for which an EnvoyFilter draws the version from something else than for the audience",
            },
          ),
        );
}

/** What the version is drawn from in each route that a filter names. */
const hashesOf = ({ inputs }: Resource): [string, string][] =>
  bags(inputs, "spec", "configPatches").flatMap((patch): [string, string][] => {
    const name = text(patch, "match", "routeConfiguration", "vhost", "route", "name");
    const route = ["patch", "value", "route"] as const;
    return name !== undefined && flag(patch, ...route, "weighted_clusters", "use_hash_policy") === true
      ? [[name, JSON.stringify(bags(patch, ...route, "hash_policy"))]]
      : [];
  });

function waysTo(rollout: Resource, stack: readonly Resource[]): Way[] {
  const managed = new Map(
    managedRoutes(canaryOf(rollout) ?? {}).map((named) => [
      placed(text(named, "name") ?? "", namespaceOf(rollout)),
      texts(named, "routes"),
    ]),
  );
  return stack
    .filter(({ type }) => VIRTUAL_SERVICES.includes(type))
    .flatMap((root) =>
      bags(root.inputs, "spec", "http").flatMap((http, index): Way[] => {
        const target = bag(http, "delegate");
        const routes = managed.get(`${text(target, "namespace") ?? namespaceOf(root)}/${text(target, "name")}`);
        return routes === undefined ? [] : [{ root, index, http, routes }];
      }),
    );
}

const placed = (written: string, home: string): string => {
  const [name, namespace = home] = written.split(".");
  return `${namespace}/${name}`;
};
