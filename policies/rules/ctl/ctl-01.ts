import { type Fault, together, unless } from "../../findings.ts";
import { CHARTS, chartOf } from "../../kubernetes/charts.ts";
import { bag, bags, flag, isSet, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { settingAt } from "./charts.ts";
import { PARTS, type Part } from "./parts.ts";

const ZONE = "topology.kubernetes.io/zone";

interface Survival {
  /** Fewest replicas of a controller. */
  replicas: number;
  /** Whether what nobody wrote is judged too, by the chart's own defaults. */
  strict: boolean;
  /** Label of the nodes that Karpenter does not take away, `<key>=<value>`; empty where controllers may stand anywhere. */
  nodes: string;
}

/** A cluster whose loss nobody notices may have one of each. */
const ONE: Survival = { replicas: 1, strict: true, nodes: "millrace.dev/pool=system" };
const TWO: Survival = { ...ONE, replicas: 2 };

export const CTL_01 = rule<Survival>({
  id: "CTL-01",
  title: "Each controller survives the loss of a node: two replicas with requests, of which one at a time is drained",
  severity: "medium",
  levels: levels("A/A/M"),
  frameworks: ["SOC2 A1.2"],
  remediation:
    "In the values of the chart set two replicas for each part, `resources.requests` for CPU and memory, a PodDisruptionBudget that lets one of them go, a `priorityClassName`, and a `nodeSelector` of nodes that stay. Spread the gateway by zone.",
  parameters: { dev: ONE, staging: ONE, prod: TWO },
  elsewhere: { replicas: 2, strict: false, nodes: "" },
  types: CHARTS,
  check: (chart, survival) =>
    together(
      (PARTS[chartOf(chart)] ?? []).flatMap((part) => [
        () => counted(chart, part, survival),
        () => budgeted(chart, part, survival),
        () => standing(chart, part, survival),
        ...(survival.strict ? [() => requested(chart, part), () => spread(chart, part), () => ranked(chart, part)] : []),
      ]),
    ),
});

/** Replicas that a part has at least, and where that is said. */
function leastOf(chart: Resource, { replicas, replicasDefault, scaler }: Part): { path: string; least: number } {
  const scaled = scaler !== undefined && (flag({ value: settingAt(chart, scaler.enabled) }, "value") ?? scaler.enabledDefault);
  const [path, otherwise] = scaled ? [scaler.least, 1] : [replicas, replicasDefault];
  return { path, least: numberOr(otherwise, { value: settingAt(chart, path) }, "value") };
}

const isWritten = (chart: Resource, path: string): boolean => isSet({ value: settingAt(chart, path) }, "value");

function counted(chart: Resource, part: Part, { replicas, strict }: Survival): Fault[] {
  const { path, least } = leastOf(chart, part);
  return unless(least >= replicas || !(strict || isWritten(chart, path)), {
    property: `values.${path}`,
    got: String(least),
    want: `at least ${replicas}`,
  });
}

function budgeted(chart: Resource, part: Part, { replicas, strict }: Survival): Fault[] {
  const { budget: path, budgetBy } = part;
  const budget = bag({ value: settingAt(chart, path) }, "value");
  const hasNumber = ["minAvailable", "maxUnavailable"].some((field) => isSet(budget, field));
  const isThere = flag(budget, "enabled") ?? (budgetBy === "always" || (budgetBy === "number" && hasNumber));
  const { least } = leastOf(chart, part);
  if (!isThere) {
    // A single replica with a budget would keep its node for ever.
    return unless(replicas < 2 || !(strict || isWritten(chart, path)), {
      property: `values.${path}`,
      got: "nothing",
      want: "a budget by which replicas go one at a time",
    });
  }
  const [stays, goes] = [text(budget, "minAvailable"), text(budget, "maxUnavailable")];
  return [
    ...unless(stays === undefined || (stays !== "100%" && !(Number(stays) >= least)), {
      property: `values.${path}.minAvailable`,
      got: shown(stays),
      want: `less than the number of replicas, ${least}, or no node is ever drained`,
    }),
    ...unless(goes === undefined || !["0", "0%", "100%"].includes(goes), {
      property: `values.${path}.maxUnavailable`,
      got: shown(goes),
      want: "1, or another part of the replicas",
    }),
  ];
}

function requested(chart: Resource, { resources: path }: Part): Fault[] {
  const resources = settingAt(chart, path);
  return ["cpu", "memory"].flatMap((kind) =>
    unless(isSet(resources, "requests", kind), {
      property: `values.${path}.requests.${kind}`,
      got: "nothing",
      want: "what the controller needs, so that a node has room for it",
    }),
  );
}

function spread(chart: Resource, { spread: path }: Part): Fault[] {
  const constraints = path === undefined ? [] : bags({ value: settingAt(chart, path) }, "value");
  return unless(path === undefined || constraints.some((each) => text(each, "topologyKey") === ZONE), {
    property: `values.${path}`,
    got: constraints.map((each) => shown(each["topologyKey"])).join(", ") || "nothing",
    want: `a constraint by ${ZONE}`,
  });
}

/** Karpenter must not take away the node of what makes new ones. */
function standing(chart: Resource, { nodes: path }: Part, { nodes }: Survival): Fault[] {
  const [key = "", value = ""] = nodes.split("=");
  const got = text(settingAt(chart, path), key);
  return unless(nodes === "" || got === value, { property: `values.${path}.${key}`, got: shown(got), want: `'${value}'` });
}

function ranked(chart: Resource, { priority: path }: Part): Fault[] {
  return unless(path === undefined || isWritten(chart, path), {
    property: `values.${path}`,
    got: "nothing",
    want: "a PriorityClass above that of the pods of teams",
  });
}
