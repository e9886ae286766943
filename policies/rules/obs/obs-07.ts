import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { chartOf, isChart } from "../../kubernetes/charts.ts";
import { NAMESPACE_NAME } from "../../kubernetes/labels.ts";
import { fits, labelsOf, nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { NAMESPACE, PROMETHEUS_RULE } from "../../kubernetes/types.ts";
import { containersOf, podsOf, SERVICES } from "../../kubernetes/workloads.ts";
import { type Bag, bag, bags, flag, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { isPrometheusStack, SHARED_RECORDS, seriesIn } from "./alerts.ts";
import { looksAt, MONITORS, measures, POD_MONITOR, SERVICE_MONITOR, selects } from "./monitors.ts";

interface Found {
  /** Beginnings of names of series that rules record: whoever reads one needs the rule that records it. */
  recorded: readonly string[];
  shared: readonly string[];
  /** Names of namespaces in which other stacks have rules and monitors. */
  namespaces: readonly string[];
}

const RECORDED: Found = {
  recorded: ["mlops:", "mlops_model_info"],
  shared: SHARED_RECORDS,
  namespaces: ["models-of-a-team"],
};

/** Charts that bring no monitor of their own. */
const UNMEASURED = ["istiod", "gateway"];

/** Where the chart says which objects Prometheus reads. */
const SELECTORS: Readonly<Record<string, string>> = {
  [PROMETHEUS_RULE]: "rule",
  [POD_MONITOR]: "podMonitor",
  [SERVICE_MONITOR]: "serviceMonitor",
};

export const OBS_07 = stackRule<Found>({
  id: "OBS-07",
  title: "Monitoring finds what there is to measure, and records what alerts read",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC7.2"],
  remediation:
    "Give the gateway, the mesh and each workload with a port for metrics a monitor, set `ruleSelectorNilUsesHelmValues` and its like to false, and keep the recording rules of the series that alerts read.",
  parameters: { dev: RECORDED, staging: RECORDED, prod: RECORDED },
  elsewhere: { recorded: [], shared: [], namespaces: [] },
  types: [PROMETHEUS_RULE, ...MONITORS],
  relate: (resources, parameters) => {
    const monitoring = resources.find(isPrometheusStack);
    return together(
      () => unrecorded(resources, parameters, monitoring),
      () =>
        monitoring === undefined
          ? []
          : [...overlooked(monitoring, resources), ...closed(monitoring, resources, parameters), ...unmeasured(resources)],
    );
  },
});

/** Series of this project that no rule records. */
function unrecorded(resources: readonly Resource[], { recorded, shared }: Found, monitoring: Resource | undefined): Finding[] {
  const rules = resources.filter(({ type }) => type === PROMETHEUS_RULE);
  const known = new Set([
    ...rules.flatMap((rule) => rulesOf(rule).flatMap((each) => text(each, "record") ?? [])),
    // Where the monitoring is in another stack, that stack records them.
    ...(monitoring === undefined ? shared : []),
  ]);
  const missing = monitoring === undefined ? [] : shared.filter((name) => !known.has(name));
  return together(
    () =>
      missing.map((name) => ({
        resource: rules.find((rule) => rulesOf(rule).some((each) => isSet(each, "record"))) ?? (monitoring as Resource),
        property: "spec.groups",
        got: `no ${name}`,
        want: "the recording rules of the series that alerts about models read",
      })),
    () =>
      ofEach(rules, (rule) => {
        const read = new Set(rulesOf(rule).flatMap((each) => seriesIn(text(each, "expr") ?? "")));
        const lost = [...read].filter((name) => recorded.some((prefix) => name.startsWith(prefix)) && !known.has(name));
        const own = monitoring === undefined ? lost : lost.filter((name) => name.includes(":"));
        return unless(own.length === 0, {
          resource: rule,
          property: "spec.groups",
          got: `${own.join(", ")}, which nothing records`,
          want: "alerts about series that a rule of this stack records",
        });
      }),
  );
}

const rulesOf = ({ inputs }: Resource): Bag[] => bags(inputs, "spec", "groups").flatMap((group) => bags(group, "rules"));

/** Rules and monitors of the stack that Prometheus does not read, as it reads those of its own chart alone. */
const overlooked = (monitoring: Resource, resources: readonly Resource[]): Finding[] =>
  Object.entries(SELECTORS).flatMap(([type, name]): Fault[] => {
    const spec = bag(monitoring.inputs, "values", "prometheus", "prometheusSpec");
    const selector = bag(spec, `${name}Selector`, "matchLabels");
    const isFree = flag(spec, `${name}SelectorNilUsesHelmValues`) === false;
    const isChosen = Object.keys(bag(spec, `${name}Selector`)).length > 0;
    const wanted = isChosen ? selector : { release: text(monitoring.inputs, "name") ?? "" };
    const first = resources.find((each) => each.type === type && !fits(wanted, labelsOf(each)));
    return unless(first === undefined || (!isChosen && isFree), {
      resource: monitoring,
      property: `values.prometheus.prometheusSpec.${name}Selector${isChosen ? "" : "NilUsesHelmValues"}`,
      got: isChosen ? Object.keys(selector).join(", ") : "true",
      want: isChosen
        ? `a selector that fits '${nameOf(first ?? monitoring)}'`
        : `false, as '${nameOf(first ?? monitoring)}' is not of the chart`,
    });
  });

/** Namespaces of rules and monitors that Prometheus does not look into. */
const closed = (monitoring: Resource, resources: readonly Resource[], { namespaces }: Found): Finding[] =>
  Object.entries(SELECTORS).flatMap(([type, name]): Fault[] => {
    const selector = bag(monitoring.inputs, "values", "prometheus", "prometheusSpec", `${name}NamespaceSelector`);
    const looked = [...namespaces, ...resources.filter((each) => each.type === type).map(namespaceOf)];
    const unseen = looked.find((namespace) => !isSeen(namespace, selector, resources));
    return unless(unseen === undefined, {
      resource: monitoring,
      property: `values.prometheus.prometheusSpec.${name}NamespaceSelector`,
      got: JSON.stringify(selector),
      want: `left out, or a selector of '${unseen ?? ""}' too`,
    });
  });

function isSeen(namespace: string, selector: Bag, resources: readonly Resource[]): boolean {
  const made = resources.find((each) => each.type === NAMESPACE && nameOf(each) === namespace);
  const labels = { ...(made === undefined ? {} : labelsOf(made)), [NAMESPACE_NAME]: namespace };
  return selects(selector, labels);
}

/** Ports of measurements, by their names. */
const METRICS = /^(http-)?(metrics|prometheus)$/;

function unmeasured(resources: readonly Resource[]): Finding[] {
  const monitors = resources.filter(({ type }) => MONITORS.includes(type));
  const told = (resource: Resource, isMeasured: boolean): Fault[] =>
    unless(isMeasured, { resource, property: "PodMonitor", got: "nothing", want: "a monitor that reads its measurements" });
  return ofEach(resources, (each) => {
    if (isChart(each)) {
      const namespace = text(each.inputs, "namespace") ?? namespaceOf(each);
      return told(each, !UNMEASURED.includes(chartOf(each)) || monitors.some((monitor) => looksAt(monitor, namespace)));
    }
    const ports = SERVICES.includes(each.type)
      ? podsOf(each)
          .flatMap(containersOf)
          .flatMap(({ container }) => bags(container, "ports"))
      : [];
    return told(
      each,
      !ports.some((port) => METRICS.test(text(port, "name") ?? "")) ||
        monitors.some((monitor) => measures(monitor, each, resources)),
    );
  });
}
