import { ADDON_CONFIGURATION } from "#components/cluster/addon-configuration";
import { HARDENED_CONTAINER } from "#components/pod-security";
import { podsOfAddon } from "#components/pods/addon-pods";
import type { SizedContainer, Values, Workload } from "#components/pods/workload";
import type { Json, Kube, KubeObject } from "../controlplane/kube.ts";

/** On everything that stands in for a pod of a chart or an add-on. */
const MARK = { "millrace.dev/rehearsal": "stand-in" };

/** The pods of all EKS add-ons, which run before any stack does. */
export const addonWorkloads = (): Workload[] =>
  Object.entries(ADDON_CONFIGURATION).flatMap(([name, configuration]) => podsOfAddon(name, configuration as Values) ?? []);

/** Objects that ask of the scheduler what the chart's own would ask. A Job is left out: it is over before anything else needs its room. */
export function standInsOf(workload: Workload): KubeObject[] {
  const { kind, name, namespace, replicas, labels, pod, volumeGiB } = workload;
  if (kind === "Job") {
    return [];
  }
  const claim = {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "gp3",
    resources: { requests: { storage: `${volumeGiB}Gi` } },
  };
  const shared = kind === "Deployment" && volumeGiB > 0;
  const metadata = { name, namespace, labels: { ...labels, ...MARK } };
  const volumes = shared ? [{ name: "data", persistentVolumeClaim: { claimName: name } }] : [];
  return [
    ...(shared ? [{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec: claim }] : []),
    {
      apiVersion: "apps/v1",
      kind,
      metadata,
      spec: {
        ...(kind !== "DaemonSet" && { replicas }),
        ...(shared && { strategy: { type: "Recreate" } }),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, ...MARK } },
          spec: {
            ...pod,
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: "RuntimeDefault" } },
            ...(pod.initContainers && { initContainers: pod.initContainers.map(container) }),
            containers: pod.containers.map(container),
            volumes,
          },
        },
        ...(kind === "StatefulSet" && {
          serviceName: name,
          podManagementPolicy: "Parallel",
          ...(volumeGiB > 0 && { volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim }] }),
        }),
      },
    },
  ];
}

const container = ({ name, resources = {} }: SizedContainer): Json => ({
  name,
  image: "rehearsal.invalid/stand-in:v1",
  resources: { requests: resources.requests ?? {}, limits: withoutNull(resources.limits ?? {}) },
  securityContext: HARDENED_CONTAINER,
});

/** A limit that the values take away from the chart. */
export const withoutNull = (limits: Values): Values =>
  Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== null));

/** Applies the stand-ins of workloads, in their order. */
export async function applyStandIns(kube: Kube, workloads: readonly Workload[]): Promise<Json[]> {
  const applied: Json[] = [];
  for (const object of workloads.flatMap(standInsOf)) {
    applied.push(await kube.apply(object));
  }
  return applied;
}
