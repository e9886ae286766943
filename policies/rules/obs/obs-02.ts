import { type Fault, together, unless } from "../../findings.ts";
import { CHARTS } from "../../kubernetes/charts.ts";
import { type Bag, bags, flag, isSet, shown, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { isPrometheusStack } from "./alerts.ts";
import { strangers } from "./grafana.ts";

interface History {
  /** Least number of days that measurements are kept. */
  days: number;
  /** Whether the parts are judged that a cluster of others may have elsewhere, or may open behind a login. */
  strict: boolean;
}

/** This week can be compared with the last one. */
const TWO_WEEKS: History = { days: 15, strict: true };

/** Days of the units in which Prometheus takes a retention. */
const DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, y: 365 };

/** Alerts of the chart for which there is no other. */
const NEEDED = ["KubePodCrashLooping", "KubePodNotReady", "KubeNodeNotReady", "KubePersistentVolumeFillingUp", "Watchdog"];

/** Groups of the chart in which they are, and those about the monitoring itself. */
const NEEDED_GROUPS = ["general", "kubernetesApps", "kubernetesStorage", "kubernetesSystem", "alertmanager", "prometheus"];

const SPEC = ["prometheus", "prometheusSpec"] as const;
const ROUTES = ["alertmanager", "alertmanagerSpec", "configSecret"] as const;

/** Switches that must not have a value. Left out, the chart sets them safely, or it is a choice. */
const SWITCHES: readonly { path: readonly string[]; not: boolean }[] = [
  { path: ["alertmanager", "enabled"], not: false },
  { path: ["alertmanager", "alertmanagerSpec", "paused"], not: true },
  { path: ["prometheus", "enabled"], not: false },
  { path: [...SPEC, "paused"], not: true },
  { path: [...SPEC, "enableAdminAPI"], not: true },
  { path: ["prometheusOperator", "enabled"], not: false },
  { path: ["defaultRules", "create"], not: false },
  ...NEEDED_GROUPS.map((group) => ({ path: ["defaultRules", "rules", group], not: false })),
  { path: [...SPEC, "ruleSelectorNilUsesHelmValues"], not: true },
  ...NEEDED.map((alert) => ({ path: ["defaultRules", "disabled", alert], not: true })),
];

const STRICT_SWITCHES: typeof SWITCHES = [
  { path: ["kubeStateMetrics", "enabled"], not: false },
  { path: ["nodeExporter", "enabled"], not: false },
  { path: ["kubelet", "enabled"], not: false },
  ...["alertmanager", "prometheus"].map((part) => ({ path: [part, "ingress", "enabled"], not: true })),
];

export const OBS_02 = rule<History>({
  id: "OBS-02",
  title: "Monitoring keeps its measurements, tells somebody of alerts, and asks people to sign in",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC7.2"],
  remediation:
    "Deploy kube-prometheus-stack with `PrometheusStack`, or set `retention`, `storageSpec`, `configSecret` and `grafana.admin.existingSecret` in its values.",
  parameters: { dev: TWO_WEEKS, staging: TWO_WEEKS, prod: TWO_WEEKS },
  elsewhere: { ...TWO_WEEKS, strict: false },
  types: CHARTS,
  check: (resource, { days, strict }) => {
    const { values } = resource.inputs;
    return isPrometheusStack(resource)
      ? together(
          ...[...SWITCHES, ...(strict ? STRICT_SWITCHES : [])].map(
            ({ path, not }) =>
              () =>
                switched(values, path, not),
          ),
          () => kept(values, days),
          () =>
            lacking(values, [...SPEC, "storageSpec", "volumeClaimTemplate"], "a volume, so that measurements outlive their pod"),
          () =>
            isSet(values, "alertmanager", "config") || flag(values, "alertmanager", "enabled") === false
              ? []
              : lacking(values, ROUTES, "a Secret with routes: those of the chart reach nobody"),
          ...["evaluationInterval", "scrapeInterval"].map((field) => () => often(values, field)),
          ...(strict ? ["prometheus", "alertmanager"].map((part) => () => reached(values, part)) : []),
          () => signIn(values),
          () => strangers(values),
          ...(strict ? [() => reader(values), () => unjudged(values)] : []),
          () => sent(values),
        )
      : [];
  },
});

const switched = (values: unknown, path: readonly string[], not: boolean): Fault[] =>
  unless(flag(values, ...path) !== not, { property: `values.${path.join(".")}`, got: String(not), want: String(!not) });

const lacking = (values: unknown, path: readonly string[], want: string): Fault[] =>
  unless(isSet(values, ...path), { property: `values.${path.join(".")}`, got: "nothing", want });

/** Ten days is what the chart keeps when nobody says otherwise. */
function kept(values: unknown, days: number): Fault[] {
  const got = text(values, ...SPEC, "retention") ?? "10d";
  const [, amount, unit = ""] = /^(\d+)([hdwy])$/.exec(got) ?? [];
  const property = `values.${SPEC.join(".")}.retention`;
  return unless(Number(amount) * (DAYS[unit] ?? 0) >= days, { property, got, want: `at least ${days}d` });
}

function often(values: unknown, field: string): Fault[] {
  const got = text(values, ...SPEC, field) ?? "30s";
  const property = `values.${SPEC.join(".")}.${field}`;
  return unless(/^(\d{1,2}s|1m)$/.test(got), { property, got, want: "at most 1m" });
}

/** The chart's own password is in its documentation. */
function signIn(values: unknown): Fault[] {
  if (flag(values, "grafana", "enabled") === false) {
    return [];
  }
  return [
    ...unless(isSet(values, "grafana", "admin", "existingSecret") || isSet(values, "grafana", "adminPassword"), {
      property: "values.grafana.admin.existingSecret",
      got: "nothing",
      want: "a Secret with a password: that of the chart is known",
    }),
    ...reached(values, "grafana"),
  ];
}

/** A Service that is reached from outside of the cluster. */
function reached(values: unknown, part: string): Fault[] {
  const got = text(values, part, "service", "type") ?? "ClusterIP";
  return unless(got === "ClusterIP", { property: `values.${part}.service.type`, got, want: "ClusterIP" });
}

/** What kube-state-metrics reads of every namespace; with Secrets, its account is a key to all of them. */
function reader(values: unknown): Fault[] {
  const path = ["kube-state-metrics", "collectorsExclude"] as const;
  const excluded = texts(values, ...path);
  const collectors = texts(values, "kube-state-metrics", "collectors");
  return unless(excluded.includes("secrets") || (collectors.length > 0 && !collectors.includes("secrets")), {
    property: `values.${path.join(".")}`,
    got: excluded.join(", ") || "nothing",
    want: "a list with secrets: its account would read every Secret",
  });
}

/** Rules with mistakes come through where the operator's webhook fails open. */
function unjudged(values: unknown): Fault[] {
  const path = ["prometheusOperator", "admissionWebhooks"] as const;
  const got = text(values, ...path, "failurePolicy") ?? "";
  return [
    ...unless(got !== "Ignore", { property: `values.${path.join(".")}.failurePolicy`, got, want: "Fail or left out" }),
    ...switched(values, [...path, "enabled"], false),
  ];
}

const sent = (values: unknown): Fault[] =>
  bags(values, ...SPEC, "remoteWrite").flatMap((target: Bag, index) =>
    unless(!(text(target, "url") ?? "").toLowerCase().startsWith("http://"), {
      property: `values.${SPEC.join(".")}.remoteWrite[${index}].url`,
      got: shown(target["url"]),
      want: "an address with https",
    }),
  );
