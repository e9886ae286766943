import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { chartOf, isChart } from "../../kubernetes/charts.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import { expressionsShown, namespaceOf } from "../../kubernetes/objects.ts";
import { SERVICE } from "../../kubernetes/types.ts";
import { containersOf, type Pod, podsOf, WORKLOADS } from "../../kubernetes/workloads.ts";
import { at, type Bag, bag, bags, flag, isSet, number, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { type Endpoint, endpointsOf, isChosen, looksAt, MONITORS, POD_MONITOR, servicesOf } from "./monitors.ts";
import { type Kept, lost } from "./relabelings.ts";

interface Measuring extends Kept {
  /** Longest time between two measurements, seconds: alerts look at the last two minutes. */
  seconds: number;
}

const MEASURING: Measuring = {
  seconds: 60,
  series: [
    "envoy_cluster_upstream_rq",
    "envoy_cluster_upstream_rq_time_bucket",
    "envoy_cluster_upstream_rq_time_count",
    // gRPC's statuses: OK, and INTERNAL.
    "envoy_cluster_grpc_0",
    "envoy_cluster_grpc_13",
  ],
  labels: ["cluster_name", "response_code_class", "le"],
  everywhere: [
    "istio_requests_total",
    "mlops_model_info",
    "mlops_business_events_total",
    "mlops_online_quality",
    "mlops_drift_score",
    "mlops_drift_last_success_timestamp_seconds",
  ],
  identity: ["__name__", "namespace", "model", "model_version"],
};

/** Prometheus forgets a series after five minutes without a value. */
const OTHERS: Measuring = { seconds: 300, series: [], labels: [], everywhere: [], identity: [] };

/** Ports of pods and Services that charts make, with the path of their measurements. */
const OF_CHARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gateway: { "http-envoy-prom": "/stats/prometheus" },
  istiod: { "http-monitoring": "/metrics" },
};

/** Fewest of what a monitor may limit. A target that has more is not measured at all. */
const FEWEST: Readonly<Record<string, number>> = { sampleLimit: 500, targetLimit: 10, labelLimit: 10 };

/** Where programs give their measurements. */
const CUSTOMARY = /metrics|prometheus|probe|federate|stats|telemetry/i;

export const OBS_04 = stackRule<Measuring>({
  id: "OBS-04",
  title: "A monitor reads what it is there for: pods that exist, at their port and path, often enough, and all that alerts need",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC7.2"],
  remediation:
    "Let the selector fit the labels of the pods, name a port that they declare and the path of their measurements, keep `interval` short, and leave out limits and relabelings that drop what alerts read. Check certificates.",
  parameters: { dev: MEASURING, staging: MEASURING, prod: MEASURING },
  elsewhere: OTHERS,
  types: MONITORS,
  relate: (resources, parameters) =>
    ofEach(
      resources.filter(({ type }) => MONITORS.includes(type)),
      (monitor) =>
        together(
          () => limited(monitor),
          () => chosen(monitor, resources),
          endpointsOf(monitor).flatMap((each) => [
            () => rarely(monitor, each, parameters),
            () => unchecked(monitor, each),
            () => handedOver(monitor, each),
            () => elsewhere(monitor, each, resources),
            () => lost(monitor, each, parameters),
          ]),
        ),
    ),
});

const limited = (resource: Resource): Fault[] =>
  Object.entries(FEWEST).flatMap(([field, fewest]) => {
    // 0 is no limit.
    const got = number(resource.inputs, "spec", field) ?? 0;
    return unless(got <= 0 || got >= fewest, {
      resource,
      property: `spec.${field}`,
      got: String(got),
      want: `left out, or at least ${fewest}`,
    });
  });

function rarely(resource: Resource, { path, endpoint }: Endpoint, { seconds }: Measuring): Fault[] {
  // Without an interval that of Prometheus holds.
  const interval = text(endpoint, "interval");
  const timeout = text(endpoint, "scrapeTimeout");
  const [every, within] = [interval, timeout].map((each) => (each === undefined ? undefined : lengthOf(each)));
  return [
    ...unless(every === undefined || every <= seconds, {
      resource,
      property: `${path}.interval`,
      got: interval ?? "",
      want: `at most ${seconds}s`,
    }),
    ...unless(within === undefined || every === undefined || within <= every, {
      resource,
      property: `${path}.scrapeTimeout`,
      got: timeout ?? "",
      want: "no longer than the interval",
    }),
  ];
}

/** Seconds; Prometheus also knows days. */
const lengthOf = (duration: string): number => (/^\d+[dwy]/.test(duration) ? Number.POSITIVE_INFINITY : secondsOf(duration));

const unchecked = (resource: Resource, { path, endpoint }: Endpoint): Fault[] =>
  unless(flag(endpoint, "tlsConfig", "insecureSkipVerify") !== true, {
    resource,
    property: `${path}.tlsConfig.insecureSkipVerify`,
    got: "true",
    want: "left out, with the authority of the certificate in `tlsConfig.ca`",
  });

/** Prometheus' own token, with which whoever gets it reads the whole cluster as Prometheus does. */
function handedOver(resource: Resource, { path, endpoint }: Endpoint): Fault[] {
  const got = text(endpoint, "bearerTokenFile") ?? "";
  return unless(!got.startsWith("/var/run/secrets/kubernetes.io/"), {
    resource,
    property: `${path}.bearerTokenFile`,
    got,
    want: "left out: a target is not to get the token of Prometheus",
  });
}

/** Charts of a namespace: what they make is not in the program. */
const chartsAt = (monitor: Resource, resources: readonly Resource[]): Resource[] =>
  resources.filter((each) => isChart(each) && looksAt(monitor, text(each.inputs, "namespace") ?? namespaceOf(each)));

/** Whether anything of the stack has the labels. A stack that makes nothing there, or that installs a chart there, tells nothing. */
function chosen(resource: Resource, resources: readonly Resource[]): Finding[] {
  const there = resources.filter((each) => looksAt(resource, namespaceOf(each)));
  const candidates =
    resource.type === POD_MONITOR
      ? there.filter(({ type }) => WORKLOADS.includes(type)).flatMap(podsOf)
      : there.filter(({ type }) => type === SERVICE);
  const labelled = candidates.some((each) => isChosen(resource, labelsAt(each)));
  return unless(labelled || candidates.length === 0 || chartsAt(resource, resources).length > 0, {
    resource,
    property: "spec.selector",
    got: selectorOf(resource),
    want: `labels that ${resource.type === POD_MONITOR ? "pods" : "a Service"} of its namespace have`,
  });
}

const labelsAt = (candidate: Pod | Resource): Bag =>
  bag("spec" in candidate ? candidate.metadata : candidate.inputs["metadata"], "labels");

function selectorOf({ inputs }: Resource): string {
  const labels = bag(inputs, "spec", "selector", "matchLabels");
  const equal = Object.keys(labels).map((key) => `${key}=${shown(labels[key])}`);
  return [...equal, expressionsShown(at(inputs, "spec", "selector"))].filter((each) => each !== "").join(", ") || "nothing";
}

/** A port that nobody has, or a path without measurements. */
function elsewhere(resource: Resource, { path, endpoint }: Endpoint, resources: readonly Resource[]): Finding[] {
  const port = text(endpoint, "port");
  const written = text(endpoint, "path") ?? "/metrics";
  const there = portsOf(resource, resources);
  const wanted = port === undefined ? undefined : there?.get(port);
  return together(
    () =>
      unless(there === undefined || port === undefined || there.has(port), {
        resource,
        property: `${path}.port`,
        got: port ?? "nothing",
        want: `a port that they have, ${[...(there?.keys() ?? [])].map((each) => `'${each}'`).join(", ") || "by name"}`,
      }),
    () =>
      unless(CUSTOMARY.test(written) && (wanted ?? written) === written, {
        resource,
        property: `${path}.path`,
        got: written,
        want: wanted ?? "a path with measurements, such as '/metrics'",
      }),
  );
}

/** Ports by name, with the path of their measurements where it is known; nothing where the stack does not tell. */
function portsOf(monitor: Resource, resources: readonly Resource[]): ReadonlyMap<string, string | undefined> | undefined {
  const charts = chartsAt(monitor, resources).map(chartOf);
  if (charts.length > 0) {
    const known = charts.length === 1 ? OF_CHARTS[charts[0] ?? ""] : undefined;
    return known === undefined ? undefined : new Map(Object.entries(known));
  }
  if (monitor.type !== POD_MONITOR) {
    const services = servicesOf(monitor, resources);
    return services.length === 0 ? undefined : named(services.flatMap(({ inputs }) => bags(inputs, "spec", "ports")));
  }
  const pods = resources
    .filter((each) => WORKLOADS.includes(each.type) && looksAt(monitor, namespaceOf(each)))
    .flatMap(podsOf)
    .filter(({ metadata }) => isChosen(monitor, bag(metadata, "labels")));
  const ports = pods.flatMap((pod) => containersOf(pod).flatMap(({ container }) => bags(container, "ports")));
  return pods.length === 0 ? undefined : named(ports);
}

const named = (ports: readonly Bag[]): ReadonlyMap<string, undefined> =>
  new Map(ports.filter((port) => isSet(port, "name")).map((port) => [text(port, "name") ?? "", undefined]));
