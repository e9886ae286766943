import { GPU } from "#components/labels";
import { LOCAL_QUEUE, QUEUE_LABEL } from "#components/training/queue-names";
import type { Json } from "../cluster/controlplane/kube.ts";

/** A job that a data scientist hands in. */
export interface TrainingJob {
  name: string;
  namespace: string;
  /** Image of the trainer, by digest. */
  image: string;
  /** Pods that train together: all of them run, or none. */
  pods: number;
  /** GPUs of each pod. */
  gpus: number;
  /** How long it trains, seconds. */
  seconds: number;
}

/** As people write it: the queue by its label, and neither a node selector nor a toleration, which Kueue adds when it admits the job. */
export function trainingJob({ name, namespace, image, pods, gpus, seconds }: TrainingJob): Json {
  const resources = {
    requests: { cpu: "500m", memory: "1Gi", [GPU]: String(gpus) },
    limits: { memory: "1Gi", [GPU]: String(gpus) },
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace, labels: { [QUEUE_LABEL]: LOCAL_QUEUE } },
    spec: {
      parallelism: pods,
      completions: pods,
      completionMode: "Indexed",
      backoffLimit: 0,
      activeDeadlineSeconds: 3_600,
      ttlSecondsAfterFinished: 3_600,
      template: {
        metadata: { annotations: { "karpenter.sh/do-not-disrupt": "true" } },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 5,
          securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "train",
              image,
              env: [{ name: "TRAIN_SECONDS", value: String(seconds) }],
              resources,
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
        },
      },
    },
  };
}
