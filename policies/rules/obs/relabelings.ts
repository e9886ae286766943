import type { Fault } from "../../findings.ts";
import { matches } from "../../promql/matchers.ts";
import { type Bag, bags, isSet, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import type { Endpoint } from "./monitors.ts";

/** What must be kept of Envoy's measurements. */
export interface Kept {
  series: readonly string[];
  labels: readonly string[];
  /** Series of models and jobs that no monitor may drop, whichever of them has them. */
  everywhere: readonly string[];
  /** Labels by which alerts tell series apart: first those that every series has, then those of models. */
  identity: readonly string[];
}

type Needed = Pick<Kept, "series" | "labels">;

/** Path at which Envoy gives its measurements. */
const ENVOY = "/stats/prometheus";

/** Any name: what drops it drops everything. */
const ANYTHING = "\u0000";

/** What relabelings drop that alerts and releases read. */
export function lost(resource: Resource, { path, endpoint }: Endpoint, kept: Kept): Fault[] {
  const isEnvoy = text(endpoint, "path") === ENVOY;
  return ["relabelings", "metricRelabelings"].flatMap((field) =>
    bags(endpoint, field).flatMap((each, index, all): Fault[] => {
      const property = `${path}.${field}[${index}]`;
      const gone = dropped(each, neededOf(each, field, isEnvoy, kept));
      return [
        ...(gone === undefined
          ? []
          : [{ resource, property: `${property}.regex`, got: shown(each["regex"] ?? "(.*)"), want: gone }]),
        ...renamed(each, kept.identity).map((fault) => ({ resource, ...fault, property: `${property}.targetLabel` })),
        ...sampled(each, all.slice(0, index)).map((fault) => ({ resource, ...fault, property: `${property}.sourceLabels` })),
      ];
    }),
  );
}

function neededOf(relabeling: Bag, field: string, isEnvoy: boolean, { series, labels, everywhere, identity }: Kept): Needed {
  const action = text(relabeling, "action")?.toLowerCase();
  // Labels of targets begin with underscores; nothing is read from them yet.
  if (field !== "metricRelabelings") {
    return { series: [], labels: action === "labeldrop" ? identity : [] };
  }
  // Which monitor has them is not known here. A `keep` names what its own target has, so that only a `drop` is judged.
  const named = action === "drop" ? everywhere : [];
  const ofAll = action === "labeldrop" ? identity : action === "labelkeep" ? identity.slice(0, 2) : [];
  return { series: [...(isEnvoy ? series : []), ...named], labels: [...(isEnvoy ? labels : []), ...ofAll] };
}

/** A label that tells series apart, and has the same value for all of them afterwards, or a number. */
function renamed(relabeling: Bag, identity: readonly string[]): Omit<Fault, "property">[] {
  const action = (text(relabeling, "action") ?? "replace").toLowerCase();
  const target = text(relabeling, "targetLabel") ?? "";
  const replacement = text(relabeling, "replacement") ?? "$1";
  const isForAll = !isSet(relabeling, "sourceLabels") || matches(text(relabeling, "regex") ?? "(.*)", ANYTHING);
  const isLost = action === "hashmod" || (action === "replace" && isForAll && !replacement.includes("$"));
  // The name of a model may be a constant of its monitor.
  const told = action === "hashmod" ? identity : identity.slice(0, 2);
  return isLost && told.includes(target) ? [{ got: target, want: "another label: alerts tell series apart by this one" }] : [];
}

/** A part of the targets, or series, by a number that is made of their labels: the others are not measured by anybody. */
function sampled(relabeling: Bag, before: readonly Bag[]): Omit<Fault, "property">[] {
  const numbers = before
    .filter((each) => text(each, "action")?.toLowerCase() === "hashmod")
    .map((each) => text(each, "targetLabel") ?? "");
  const action = text(relabeling, "action")?.toLowerCase() ?? "";
  const got = texts(relabeling, "sourceLabels").find((label) => numbers.includes(label));
  const isPart = ["keep", "drop"].includes(action) && got !== undefined;
  return isPart ? [{ got, want: "none that a hashmod makes: the rest would not be measured" }] : [];
}

/** What a relabeling should do instead; `undefined` where it keeps what is needed. */
function dropped(relabeling: Bag, { series, labels }: Needed): string | undefined {
  // Prometheus' defaults.
  const action = (text(relabeling, "action") ?? "replace").toLowerCase();
  const regex = text(relabeling, "regex") ?? "(.*)";
  const sources = texts(relabeling, "sourceLabels");
  const byName = sources.length === 1 && sources[0] === "__name__";
  const isLost = (value: string): boolean => matches(regex, value) === (action === "drop" || action === "labeldrop");
  if (action === "drop" && (matches(regex, ANYTHING) || (!isSet(relabeling, "sourceLabels") && matches(regex, "")))) {
    return "one that keeps something";
  }
  const gone =
    ["drop", "keep"].includes(action) && byName
      ? series.find(isLost)
      : ["labeldrop", "labelkeep"].includes(action)
        ? labels.find(isLost)
        : undefined;
  return gone === undefined ? undefined : `one that keeps '${gone}', which alerts and releases read`;
}
