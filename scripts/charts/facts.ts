import type { Values } from "#components/pods/workload";
import { droppedItems, inheritedKeys, namesOf, replacedTexts } from "./values.ts";

/** An object that a chart makes, as far as it is read here. */
export interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Labels; annotations?: Labels };
  // biome-ignore lint/suspicious/noExplicitAny: objects of other people's charts
  [field: string]: any;
}

type Labels = Record<string, string>;

/** What other parts of the platform take for granted of a chart. */
export interface ChartFacts {
  /** Version of the chart that was read. */
  read: string;
  /** Name and namespace of the release and the names in our values, by path: what is recorded below holds for these. */
  names: Record<string, string>;
  /** Custom resource definitions that Helm leaves and that it deletes when the release is removed. */
  crds: { kept: number; deleted: number };
  workloads: Record<string, WorkloadFacts>;
  /** Service accounts. */
  accounts: string[];
  /** Labels and ports of each Service. */
  services: Record<string, { labels: Labels; ports: number[] }>;
  /** ClusterRoles. */
  roles: string[];
  /** Service accounts that may read every Secret of the cluster. */
  readEverySecret: string[];
  /** Images that the objects name, in containers, in custom resources and in arguments, without tag and digest. */
  images: string[];
  /** Keys of configuration texts that our values replace as a whole, by the path of the text. */
  replaced: Record<string, string[]>;
  /** Items of the chart's lists that our values replace as a whole, by the path of the list, as JSON. */
  dropped: Record<string, string[]>;
  /** What stays of maps of the pod's kind that our values write: Helm merges maps. By path, as JSON. */
  inherited: Record<string, string>;
}

/** Pods of a chart. */
export interface WorkloadFacts {
  labels: Labels;
  /** Service account. */
  account: string;
  /** Jobs under which Prometheus scrapes them. Absent where it does not. */
  jobs?: string[];
  /** Arguments and variables about the election of a leader. Absent where there are none, or only one pod runs. */
  election?: string[];
}

/** A release, rendered. */
export interface Rendered {
  read: string;
  name: string;
  namespace: string;
  manifests: readonly Manifest[];
  /** Our values, and those of the chart. */
  values: Values;
  defaults: Values;
}

/** The facts of a rendered release. */
export function factsOf({ read, name, namespace, manifests, values, defaults }: Rendered): ChartFacts {
  const of = (...kinds: string[]) => manifests.filter(({ kind }) => kinds.includes(kind));
  const crds = of("CustomResourceDefinition");
  const kept = crds.filter(({ metadata }) => metadata.annotations?.["helm.sh/resource-policy"] === "keep").length;
  const services = of("Service");
  const monitors = of("ServiceMonitor", "PodMonitor");
  return {
    read,
    names: namesOf({ name, namespace, values }),
    crds: { kept, deleted: crds.length - kept },
    workloads: Object.fromEntries(
      of("Deployment", "StatefulSet", "DaemonSet").map(({ metadata: { name }, spec }) => {
        const { metadata, spec: pod } = spec.template;
        const jobs = monitors.flatMap((monitor) => jobsOf(monitor, metadata.labels, services, namespace));
        return [
          name,
          {
            labels: stable(metadata.labels),
            account: pod.serviceAccountName ?? "default",
            ...(jobs.length > 0 && { jobs: [...new Set(jobs)] }),
            ...(spec.replicas > 1 && { election: electionOf(pod.containers) }),
          },
        ];
      }),
    ),
    accounts: of("ServiceAccount").map(({ metadata }) => metadata.name),
    services: Object.fromEntries(
      services.map(({ metadata: { name, labels = {} }, spec }) => [
        name,
        { labels: stable(labels), ports: spec.ports.map(({ port }: { port: number }) => port) },
      ]),
    ),
    roles: of("ClusterRole").map(({ metadata }) => metadata.name),
    readEverySecret: [
      ...new Set(of("ClusterRoleBinding").flatMap((binding) => secretReaders(binding, of("ClusterRole")))),
    ].sort(),
    images: [
      ...new Set(manifests.filter(({ kind }) => kind !== "CustomResourceDefinition").flatMap((each) => imagesIn(each))),
    ].sort(),
    replaced: Object.fromEntries(replacedTexts(values, defaults)),
    dropped: Object.fromEntries(droppedItems(values, defaults)),
    inherited: Object.fromEntries(inheritedKeys(values, defaults)),
  };
}

/** What the containers of a pod are told about electing a leader. */
const electionOf = (containers: Manifest[string][]): string[] =>
  containers.flatMap(({ args = [], env = [] }: { args?: string[]; env?: { name: string; value?: string }[] }) =>
    [...args, ...env.map(({ name, value = "…" }) => `${name}=${value}`)].filter((text) => /leader[-_]?elect/i.test(text)),
  );

/** An image with its tag, as a whole text or behind the `=` of an argument. */
const IMAGE = /^(?:--[\w-]+=)?((?:[\w-]+\.)+[a-z]+(?::\d+)?\/[\w./-]+):[\w.-]+(?:@sha256:[0-9a-f]+)?$/;

function imagesIn(value: unknown): string[] {
  if (typeof value === "string") {
    const [, image] = IMAGE.exec(value) ?? [];
    return image === undefined ? [] : [image];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(imagesIn) : [];
}

/** Labels that do not change with the version. */
const stable = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !/chart|version|managed-by|heritage/.test(name)));

/** Jobs under which a monitor has Prometheus scrape pods of these labels. */
function jobsOf({ kind, metadata, spec }: Manifest, pod: Labels, services: readonly Manifest[], namespace: string): string[] {
  const names: string[] | undefined = spec.namespaceSelector?.matchNames;
  if (names !== undefined && !names.includes(namespace)) {
    return [];
  }
  if (kind === "PodMonitor") {
    const own = `${metadata.namespace ?? namespace}/${metadata.name}`;
    return selects(spec.selector, pod) ? [pod[spec.jobLabel ?? ""] ?? own] : [];
  }
  return services
    .filter((service) => selects(spec.selector, service.metadata.labels ?? {}))
    .filter((service) => service["spec"].selector && selects({ matchLabels: service["spec"].selector }, pod))
    .filter((service) => spec.endpoints.some((endpoint: Endpoint) => answers(service, endpoint)))
    .map((service) => service.metadata.labels?.[spec.jobLabel ?? ""] ?? service.metadata.name);
}

interface Endpoint {
  port?: string;
  targetPort?: string | number;
}

/** Whether a Service has the port that an endpoint of a monitor names. */
const answers = ({ spec }: Manifest, { port, targetPort }: Endpoint): boolean =>
  spec.ports.some((each: { name?: string; targetPort?: string | number }) =>
    port === undefined ? [each.targetPort, each.name].includes(targetPort as string) : each.name === port,
  );

interface Selector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Whether a label selector of Kubernetes means an object of these labels. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        case "In":
          return value !== undefined && values.includes(value);
        default:
          return value === undefined || !values.includes(value);
      }
    })
  );
}

/** Accounts of a binding, where its role lets them read Secrets of any name. */
function secretReaders({ roleRef, subjects = [] }: Manifest, roles: readonly Manifest[]): string[] {
  const rules: Rule[] = roles.find(({ metadata }) => metadata.name === roleRef.name)?.["rules"] ?? [];
  const reads = rules.some(
    ({ apiGroups = [], resources = [], verbs, resourceNames }) =>
      apiGroups.some((group) => ["", "*"].includes(group)) &&
      resources.some((resource) => ["secrets", "*"].includes(resource)) &&
      verbs.some((verb) => ["get", "list", "watch", "*"].includes(verb)) &&
      resourceNames === undefined,
  );
  return reads ? subjects.map(({ name }: { name: string }) => name) : [];
}

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  verbs: string[];
  resourceNames?: string[];
}
