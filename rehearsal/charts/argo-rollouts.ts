import { podsOfRelease } from "#components/pods/chart-pods";
import type { Values } from "#components/pods/workload";
import { API, CHARTS } from "#components/versions";
import { CATALOGUE } from "#toolchain/tools";
import { withoutProse } from "../cluster/controlplane/crds.ts";
import type { Json, KubeObject } from "../cluster/controlplane/kube.ts";
import { withoutNull } from "../cluster/nodes/chart-pods.ts";
import { portNumber } from "../cluster/nodes/probe.ts";

/** Labels by which the chart's Services, monitor and budget find its pods. Helm fills in the names. */
const LABELS = {
  "app.kubernetes.io/component": "rollouts-controller",
  "app.kubernetes.io/name": "argo-rollouts",
  "app.kubernetes.io/instance": "{{ .Release.Name }}",
};

/** Key in the values' `providerRBAC.providers` for an API group that the controller may write to. */
const PROVIDERS: Readonly<Record<string, string>> = {
  "networking.istio.io": "istio",
  "split.smi-spec.io": "smi",
  "getambassador.io": "ambassador",
  "elbv2.k8s.aws": "awsLoadBalancerController",
  "appmesh.k8s.aws": "awsAppMesh",
  "traefik.io": "traefik",
  "apisix.apache.org": "apisix",
};

/**
 * What the chart of Argo Rollouts makes of our values, out of what the project says to install: what the values do not speak of stays as
 * the project has it. A test compares it with what Helm has rendered of the real chart.
 */
export function rolloutsObjects(install: readonly KubeObject[], values: Values): KubeObject[] {
  const { controller = {} } = values;
  const changed = install.flatMap((object) => (CHANGES[object.kind] ?? same)(object, values));
  return [
    ...changed,
    ...(controller.pdb?.enabled ? [budget(controller.pdb)] : []),
    ...(controller.metrics?.serviceMonitor?.enabled ? [monitor(controller.metrics.serviceMonitor)] : []),
  ];
}

type Change = (object: KubeObject, values: Values) => KubeObject[];

const same: Change = (object) => [object];

const CHANGES: Readonly<Record<string, Change>> = {
  CustomResourceDefinition: (object, { installCRDs = true, keepCRDs = true }) => {
    const annotations = { ...object.metadata["annotations"], ...(keepCRDs && { "helm.sh/resource-policy": "keep" }) };
    const definition = withoutProse(object) as KubeObject;
    return installCRDs ? [{ ...definition, metadata: { ...definition.metadata, annotations } }] : [];
  },
  ClusterRole: ({ rules, ...object }, { providerRBAC = {} }) => {
    const left = (rules as Json[]).filter(({ apiGroups }) =>
      (apiGroups as string[]).every((group) => providerRBAC.providers?.[PROVIDERS[group] ?? ""] !== false),
    );
    return [{ ...object, rules: left } as KubeObject];
  },
  ClusterRoleBinding: ({ subjects, ...object }) => {
    const own = (subjects as Json[]).map((subject) => ({ ...subject, namespace: "{{ .Release.Namespace }}" }));
    return [{ ...object, subjects: own } as KubeObject];
  },
  Service: ({ metadata, spec, ...object }, { controller = {} }) =>
    controller.metrics?.enabled
      ? [
          {
            ...object,
            metadata: { ...metadata, labels: { ...metadata["labels"], ...LABELS } },
            spec: { ...spec, selector: LABELS },
          } as KubeObject,
        ]
      : [],
  Deployment: (object, values) => [deployment(object, values)],
};

/** The Deployment with the number, the size, the place and the arguments that the values give its pods. */
function deployment({ spec, ...object }: KubeObject, values: Values): KubeObject {
  const [{ replicas, pod } = { replicas: 1, pod: { containers: [] } }] =
    podsOfRelease({ chart: CHARTS.argoRollouts.chart, values }) ?? [];
  const { containers: sized, ...placed } = pod;
  const [container] = spec.template.spec.containers as [Json];
  const { requests = {}, limits = {} } = sized[0]?.resources ?? {};
  const controller = {
    ...container,
    image: imageOf(container, values),
    args: argumentsOf(container, replicas, values),
    readinessProbe: { httpGet: { path: "/metrics", port: "metrics" }, periodSeconds: 5, timeoutSeconds: 4 },
    resources: { requests, limits: withoutNull(limits) },
  };
  const template = { metadata: { labels: LABELS }, spec: { ...spec.template.spec, ...placed, containers: [controller] } };
  return { ...object, spec: { ...spec, replicas, selector: { matchLabels: LABELS }, template } } as KubeObject;
}

/** The image of the program that runs here, from the registry that the values name. */
function imageOf({ image }: Json, { controller }: Values): string {
  const [registry, ...rest] = String(image)
    .replace(/:[^:/]*$/, "")
    .split("/");
  return [controller?.image?.registry ?? registry, ...rest].join("/").concat(`:v${CATALOGUE.rollouts.version}`);
}

function argumentsOf(container: Json, replicas: number, { controller = {} }: Values): string[] {
  const { level = "info", format = "text", kloglevel = "0" } = controller.logging ?? {};
  return [
    `--healthzPort=${portNumber("healthz", container)}`,
    `--metricsport=${portNumber("metrics", container)}`,
    `--loglevel=${level}`,
    `--logformat=${format}`,
    `--kloglevel=${kloglevel}`,
    ...(replicas > 1 ? ["--leader-elect"] : []),
    ...(controller.extraArgs ?? []),
  ];
}

const metadata = { name: "argo-rollouts", labels: LABELS };

const budget = ({ minAvailable, maxUnavailable }: Values): KubeObject => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata,
  spec: {
    ...(minAvailable !== undefined && { minAvailable }),
    ...(maxUnavailable !== undefined && { maxUnavailable }),
    selector: { matchLabels: LABELS },
  },
});

const monitor = ({ relabelings = [], metricRelabelings = [] }: Values): KubeObject => ({
  apiVersion: API.monitoring,
  kind: "ServiceMonitor",
  metadata,
  spec: {
    endpoints: [{ port: "metrics", relabelings, metricRelabelings }],
    namespaceSelector: { matchNames: ["{{ .Release.Namespace }}"] },
    selector: { matchLabels: LABELS },
  },
});
