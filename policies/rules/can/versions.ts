import { type Finding, unless } from "../../findings.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { parsedQuery } from "../../promql/parse.ts";
import { type Expression, type Matcher, type Operation, type Selector, selectorsIn, within } from "../../promql/syntax.ts";
import { at, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import type { Measurement } from "./measurements.ts";
import { canaryOf } from "./rollouts.ts";
import { meaningOf, shareOf, takesBoth } from "./shares.ts";
import { NEW_PODS } from "./templates.ts";

/** A query names no version at all. */
const NOBODY = "no name of a version";

/** The new version is known by its Service, by the hash of its pods, or by a label that only its pods have. */
export function ofOldVersion({ query, isPrometheus, place }: Measurement, rollout: Resource): Finding[] {
  const versions = versionsOf(rollout);
  const { isNew, isOld, service, stable } = versions;
  const expression = isPrometheus ? parsedQuery(query) : undefined;
  const whole = { label: "", operator: "=", value: query };
  const got =
    expression !== undefined
      ? otherVersion(expression, versions)
      : isNew(whole)
        ? undefined
        : isOld(whole)
          ? `the stable version, '${stable}'`
          : NOBODY;
  return unless(got === undefined, {
    ...place("provider"),
    got: got ?? "",
    want: `a query about the new version${service === undefined ? "" : `, '${service}'`}`,
  });
}

/** How the versions of a Rollout are told apart in the labels of series. */
export function versionsOf(rollout: Resource): Versions {
  const canary = canaryOf(rollout);
  const namespace = namespaceOf(rollout);
  const [service, stable] = [text(canary, "canaryService"), text(canary, "stableService")];
  const names = [service, ...ownLabels(rollout)].filter((name) => name !== undefined);
  return {
    isNew: ({ label, value }) =>
      value.includes(NEW_PODS) ||
      names.some((name) => hasWord(value, name, namespace)) ||
      (label === "model_version" && value === versionOf(rollout)),
    isOld: ({ value }) => stable !== undefined && hasWord(value, stable, namespace),
    old: oldNames(rollout, stable, namespace),
    service,
    stable,
  };
}

/** Values of labels of the pods by which the Rollout does not select. */
function ownLabels({ inputs }: Resource): string[] {
  const labels = at(inputs, "spec", "template", "metadata", "labels") ?? {};
  return Object.keys(labels)
    .filter((key) => text(inputs, "spec", "selector", "matchLabels", key) === undefined)
    .flatMap((key) => text(labels, key) ?? [])
    .filter((value) => /\d/.test(value));
}

/** Version that the pods serve, as events of users name it; `undefined` where their label does not say. */
const versionOf = ({ inputs }: Resource): string | undefined =>
  /^v?(\d+)$/.exec(text(inputs, "spec", "template", "metadata", "labels", "version") ?? "")?.[1];

/** Whether a text names a Service, alone or with its own namespace. */
const hasWord = (written: string, word: string, namespace: string): boolean =>
  written
    .split(/[^\w.-]+/)
    .some((each) => each === word || each === `${word}.${namespace}` || each.startsWith(`${word}.${namespace}.`));

/** How the versions of a Rollout are told apart. */
export interface Versions {
  isNew: (matcher: Matcher) => boolean;
  isOld: (matcher: Matcher) => boolean;
  /** Names of the old version in the labels of series. */
  old: readonly string[];
  /** Services of the new and of the old version. */
  service: string | undefined;
  stable: string | undefined;
}

/** Ports of Services in names of Envoy's clusters. */
const PORTS = [80, 443, 8000, 8080, 8443, 9000, 50_051];

/** The old version, as series of a mesh and of pods name it. */
function oldNames(rollout: Resource, stable: string | undefined, namespace: string): string[] {
  const hosts = stable === undefined ? [] : ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`];
  const services = hosts.map((suffix) => `${stable}${suffix}`);
  const clusters = services.flatMap((host) => PORTS.map((port) => `outbound|${port}||${host}`));
  return [...services, ...clusters, `${nameOf(rollout)}-5d4f8b7c9d-x2x4z`];
}

/** Which version a query measures instead of the new one alone; `undefined` where it measures that. */
function otherVersion(query: Expression, versions: Versions): string | undefined {
  const share = shareOf(query);
  const [above, below] = share === undefined ? [selectorsIn(query), []] : [selectorsIn(share.left), selectorsIn(share.right)];
  const all = [above, below].filter((side) => side.length > 0);
  const isOld = ({ matchers }: Selector): boolean => matchers.some(versions.isOld);
  const isOfNew = ({ matchers }: Selector): boolean =>
    matchers.some((each) => !each.operator.startsWith("!") && versions.isNew(each));
  if (!all.every((side) => side.some(isOfNew))) {
    return selectorsIn(query).some(isOld) ? `the stable version, '${versions.stable}'` : NOBODY;
  }
  if (share !== undefined && above.some(isOld)) {
    return `the stable version, '${versions.stable}'`;
  }
  const mixed = (isServed(above, below, versions) ? above : [...above, ...below]).find((each) =>
    takesBoth(each, versions.isNew, versions.old),
  );
  return mixed === undefined ? undefined : `both versions, by '${mixed.matchers.find(versions.isNew)?.value}'`;
}

/** The shares in a query that say the same of the old version as its first share says of the new one. */
export function oldShares(query: Expression, rollout: Resource): readonly Operation[] {
  const [share, canary] = [shareOf(query), canaryOf(rollout)];
  const [service, stable] = [text(canary, "canaryService"), text(canary, "stableService")];
  if (share === undefined || service === undefined || stable === undefined) {
    return [];
  }
  const name = new RegExp(`(?<![\\w-])${stable}(?![\\w-])`, "g");
  return within(query).filter(
    (each): each is Operation =>
      each.kind === "operation" &&
      meaningOf(each) !== undefined &&
      each.text !== share.text &&
      each.text.replaceAll(name, service) === share.text,
  );
}

/** Whether a share says how many of all requests the new version got: both sides choose by the version alone. */
const isServed = (above: readonly Selector[], below: readonly Selector[], { isNew }: Versions): boolean =>
  above.every(({ matchers }) =>
    matchers.every((each) => isNew(each) || below.some((other) => other.matchers.some((own) => isSame(own, each)))),
  );

const isSame = (one: Matcher, other: Matcher): boolean =>
  one.label === other.label && one.operator === other.operator && one.value === other.value;
