import type { Values } from "#components/pods/workload";
import { CHARTS } from "#components/versions";
import type { KubeObject } from "../cluster/controlplane/kube.ts";

/** What the chart runs, as the names of its objects end. */
export type Part = "operator" | "prometheus" | "alertmanager";

/** Helm fills them in. */
const RELEASE = "{{ .Release.Name }}";
export const NAMESPACE = "{{ .Release.Namespace }}";

/** Name of an object of the chart. */
export const objectName = ({ fullnameOverride }: Values, part: string): string =>
  `${fullnameOverride ?? CHARTS.prometheusStack.chart}-${part}`;

/** Labels of every object of the chart. */
export const LABELS = {
  "app.kubernetes.io/instance": RELEASE,
  "app.kubernetes.io/part-of": CHARTS.prometheusStack.chart,
  release: RELEASE,
} as const;

/** Labels of an object that belongs to one of them. */
export const labelsOf = (part: Part) => ({
  ...LABELS,
  app: `${CHARTS.prometheusStack.chart}-${part}`,
  ...(part === "operator" && {
    "app.kubernetes.io/name": `${CHARTS.prometheusStack.chart}-prometheus-operator`,
    "app.kubernetes.io/component": "prometheus-operator",
  }),
});

/** Labels that the operator gives the pods of a Prometheus or an Alertmanager. */
export const podLabels = (values: Values, part: Part) => ({
  "app.kubernetes.io/name": part,
  [part]: objectName(values, part),
});

/** The budgets that the values ask for. */
export const budgets = (values: Values, asked: Partial<Record<Part, Values>>): KubeObject[] =>
  (Object.keys(asked) as Part[])
    .filter((part) => asked[part]?.["enabled"] === true)
    .map((part) => ({
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: objectName(values, part), labels: labelsOf(part) },
      spec: { minAvailable: asked[part]!["minAvailable"], selector: { matchLabels: podLabels(values, part) } },
    }));
