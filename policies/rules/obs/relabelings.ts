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
}

/** Path at which Envoy gives its measurements. */
const ENVOY = "/stats/prometheus";

/** Any name: what drops it drops everything. */
const ANYTHING = "\u0000";

/** What relabelings drop that alerts and releases read. */
export function lost(resource: Resource, { path, endpoint }: Endpoint, { series, labels, everywhere }: Kept): Fault[] {
  const isEnvoy = text(endpoint, "path") === ENVOY;
  return ["relabelings", "metricRelabelings"].flatMap((field) =>
    bags(endpoint, field).flatMap((each, index): Fault[] => {
      // Which monitor has them is not known here. A `keep` names what its own target has, so that only a `drop` is judged.
      const isDrop = text(each, "action")?.toLowerCase() === "drop";
      const named = isDrop && field === "metricRelabelings" ? everywhere : [];
      const ofEnvoy = isEnvoy && field === "metricRelabelings" ? { series, labels } : { series: [], labels: [] };
      const gone = dropped(each, { series: [...ofEnvoy.series, ...named], labels: ofEnvoy.labels });
      return gone === undefined
        ? []
        : [{ resource, property: `${path}.${field}[${index}].regex`, got: shown(each["regex"] ?? "(.*)"), want: gone }];
    }),
  );
}

/** What a relabeling should do instead; `undefined` where it keeps what is needed. */
function dropped(relabeling: Bag, { series, labels }: Omit<Kept, "everywhere">): string | undefined {
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
