import { type Fault, unless } from "../../findings.ts";
import { chartOf } from "../../kubernetes/charts.ts";
import { at, bag, bags, number, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { valuesOf } from "./charts.ts";

/** What a chart opens to whoever reaches its Service, by arguments and by ports. */
export const open = (chart: Resource): Fault[] => [
  ...argumentsIn(valuesOf(chart), "values"),
  ...(chartOf(chart) === "gateway" ? ofProxy(chart) : []),
];

/** Arguments by which a program takes orders, such as to delete its data or to stop, from callers that nobody asks who they are. */
const ORDERS =
  /^-{0,2}(web\.enable-(?:admin-api|lifecycle)|enable-admin-api|enable-pprof|enable-profiling|profiling)(?:=(.*))?$/i;

/** Arguments in lists of a chart's values: texts, and bags with a name and a value. */
export function argumentsIn(value: unknown, path: string, depth = 0): Fault[] {
  if (typeof value !== "object" || value === null || depth > 6) {
    return [];
  }
  return Object.keys(value).flatMap((key): Fault[] => {
    const property = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    const each = at(value, key);
    const written = Array.isArray(value) ? (text(value, key) ?? argumentOf(each)) : undefined;
    if (written === undefined) {
      return argumentsIn(each, property, depth + 1);
    }
    const [, order, answer = "true"] = ORDERS.exec(written.trim()) ?? [];
    return unless(order === undefined || /^(false|0|f)$/i.test(answer), {
      property,
      got: written,
      want: "left out: it gives orders to whoever reaches the program",
    });
  });
}

/** An argument that is written as a name and a value. */
function argumentOf(value: unknown): string | undefined {
  const name = text(bag({ value }, "value"), "name");
  return name === undefined || !ORDERS.test(name) ? undefined : `${name}=${text(value, "value") || "true"}`;
}

/** Ports of a proxy that are for its own pod and for the mesh (Istio documentation, "Ports used by Istio"); 15021 tells its health. */
const OF_PROXY = [15_000, 15_001, 15_004, 15_006, 15_008, 15_009, 15_020, 15_053, 15_090];

const ofProxy = (chart: Resource): Fault[] =>
  bags(valuesOf(chart), "service", "ports").flatMap((port, index) => {
    const got = number(port, "targetPort") ?? number(port, "port");
    return unless(got === undefined || !OF_PROXY.includes(got), {
      property: `values.service.ports[${index}].targetPort`,
      got: shown(got),
      want: "a port on which the gateway serves: this one is for the proxy itself",
    });
  });
