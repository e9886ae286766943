import type { Fault } from "../../findings.ts";
import { matches } from "../../promql/matchers.ts";
import { type Bag, bags, isSet, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import type { Endpoint } from "./monitors.ts";

/** What must be kept of Envoy's measurements. */
export interface Kept {
  series: readonly string[];
  labels: readonly string[];
}

/** Path at which Envoy gives its measurements. */
const ENVOY = "/stats/prometheus";

/** Any name: what drops it drops everything. */
const ANYTHING = "\u0000";

/** What relabelings drop that alerts and releases read. */
export function lost(resource: Resource, { path, endpoint }: Endpoint, { series, labels }: Kept): Fault[] {
  const isEnvoy = text(endpoint, "path") === ENVOY;
  return ["relabelings", "metricRelabelings"].flatMap((field) =>
    bags(endpoint, field).flatMap((each, index): Fault[] => {
      const gone = dropped(each, isEnvoy && field === "metricRelabelings" ? { series, labels } : { series: [], labels: [] });
      return gone === undefined
        ? []
        : [{ resource, property: `${path}.${field}[${index}].regex`, got: shown(each["regex"] ?? "(.*)"), want: gone }];
    }),
  );
}

/** What a relabeling should do instead; `undefined` where it keeps what is needed. */
function dropped(relabeling: Bag, { series, labels }: Kept): string | undefined {
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
