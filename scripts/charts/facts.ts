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
  /** Custom resource definitions that Helm leaves and that it deletes when the release is removed. */
  crds: { kept: number; deleted: number };
  /** Of the pods of each workload: labels, service account, and the job under which Prometheus scrapes them; absent = not scraped. */
  workloads: Record<string, { labels: Labels; account: string; jobs?: string[] }>;
  /** Ports of each Service. */
  services: Record<string, number[]>;
  /** ClusterRoles that a release binds to nobody, for others to bind. */
  unboundRoles: string[];
  /** Service accounts that may read every Secret of the cluster. */
  readEverySecret: string[];
}

/** The facts of a rendered release. */
export function factsOf(read: string, namespace: string, manifests: readonly Manifest[]): ChartFacts {
  const of = (...kinds: string[]) => manifests.filter(({ kind }) => kinds.includes(kind));
  const crds = of("CustomResourceDefinition");
  const kept = crds.filter(({ metadata }) => metadata.annotations?.["helm.sh/resource-policy"] === "keep").length;
  const services = of("Service");
  const monitors = of("ServiceMonitor", "PodMonitor");
  const bound = of("ClusterRoleBinding").map(({ roleRef }) => roleRef.name);
  return {
    read,
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
          },
        ];
      }),
    ),
    services: Object.fromEntries(
      services.map(({ metadata, spec }) => [metadata.name, spec.ports.map(({ port }: { port: number }) => port)]),
    ),
    unboundRoles: of("ClusterRole")
      .map(({ metadata }) => metadata.name)
      .filter((name) => !bound.includes(name) && !/editor|viewer|aggregate|batch|-(edit|view|admin|controller)$/.test(name)),
    readEverySecret: [...new Set(of("ClusterRoleBinding").flatMap((binding) => secretReaders(binding, of("ClusterRole"))))].sort(),
  };
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

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) =>
      operator === "In" ? values.includes(labels[key] ?? "") : operator === "Exists" && labels[key] !== undefined,
    )
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
