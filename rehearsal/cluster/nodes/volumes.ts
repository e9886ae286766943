import type { Json, Kube } from "../controlplane/kube.ts";
import { ZONE } from "./nodes.ts";

/** On a claim for which the scheduler has chosen a node: the volume must be made where that node is (Kubernetes, "Volume Binding Mode"). */
const SELECTED_NODE = "volume.kubernetes.io/selected-node";

/** Plays the EBS driver: makes a volume in the zone of the node that the scheduler has chosen. It stays in that zone. The control plane binds it. */
export function provideVolumes(kube: Kube, signal: AbortSignal): void {
  void kube.watch(
    "/api/v1/persistentvolumeclaims",
    "",
    (type, claim) => {
      if (type !== "SYNC" && type !== "DELETED" && claim.status?.phase !== "Bound") {
        void provide(kube, claim).catch((error: Error) => {
          console.error(`claim ${claim.metadata.namespace}/${claim.metadata.name}: ${error.message}`);
        });
      }
    },
    signal,
  );
}

async function provide(kube: Kube, { metadata, spec }: Json): Promise<void> {
  const node = metadata.annotations?.[SELECTED_NODE];
  const zone = node && (await kube.find(`/api/v1/nodes/${node}`))?.metadata.labels[ZONE];
  if (!zone) {
    return;
  }
  const { namespace, name, uid } = metadata;
  await kube.apply({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pvc-${uid}` },
    spec: {
      capacity: spec.resources.requests,
      accessModes: spec.accessModes,
      storageClassName: spec.storageClassName,
      persistentVolumeReclaimPolicy: "Retain",
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid },
      csi: { driver: "ebs.csi.aws.com", volumeHandle: `vol-${uid}` },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: [zone] }] }],
        },
      },
    },
  });
}
