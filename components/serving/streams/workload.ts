import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { HARDENED_CONTAINER, hardenedPod, SCRATCH_MOUNT, scratchVolume } from "../../pod-security.ts";
import { given } from "../../validation.ts";
import { placementOf } from "../compute.ts";
import type { ModelStore, ModelVersion } from "../model.ts";
import { fetching } from "../pod-template.ts";
import { SERVER_USER } from "../runtimes/contract.ts";

/** How rows are predicted. */
export interface StreamTerms {
  /** Fields of a row that stand beside its prediction, at least one. @default - all that are no input of the model */
  keep?: readonly string[];

  /** Most rows of one call of the model. @default 500 */
  rowsPerCall?: number;

  /** Longest time that a row waits for others, seconds. @default 0.2 */
  waitSeconds?: number;

  /** Longest time of one call of the model, seconds; then its process ends, and the next one tries each row alone. @default 60 */
  predictSeconds?: number;

  /** Longest time that the model takes to load, download included, seconds. @default 300 */
  loadSeconds?: number;

  /** Pods that share the partitions or shards. @default 2 */
  pods?: number;

  /** Processors of a pod. @default "1" */
  cpu?: string;

  /** Memory of a pod. @default "2Gi" */
  memory?: string;

  /** Labels of the nodes that they run on. @default - any node without a taint */
  nodeLabels?: Record<string, string>;
}

export const STREAM_DEFAULTS = { loadSeconds: 300, pods: 2, cpu: "1", memory: "2Gi" } as const;

interface Workload extends StreamTerms {
  modelName: string;
  model: ModelVersion;
  store: ModelStore;
}

/** Name of the Kubernetes objects: apart from those of a model of the same name. */
export const streamName = (name: string): string => `${name}-stream`;

/** Port of health and metrics. */
export const STREAM_PORT = 8080;

/** Time to finish a batch, commit it and leave the partitions to others, seconds. */
const END_SECONDS = 30;

/**
 * `spec` of a StatefulSet: a pod has the same name in all its lives, and there is one of a name at a time. So a new life takes over
 * at once what the one before left open: its transaction in Kafka, its leases in Kinesis.
 */
export function streamSpec(
  name: string,
  workload: Workload,
  more: Record<string, pulumi.Input<string>>,
): k8s.types.input.apps.v1.StatefulSetSpec {
  const { pods, cpu, memory, loadSeconds, nodeLabels, modelName, model, store } = { ...STREAM_DEFAULTS, ...given(workload) };
  const { container, variables, files } = fetching(modelName, model, store.bucketName, model.image);
  const ping = { httpGet: { path: "/ping", port: "http" }, timeoutSeconds: 2 };
  return {
    replicas: pods,
    // Nobody looks for a single pod, so the Service of this name need not exist.
    serviceName: name,
    podManagementPolicy: "Parallel",
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name, version: `v${model.version}` } },
      spec: {
        ...hardenedPod(name, SERVER_USER),
        terminationGracePeriodSeconds: END_SECONDS + 10,
        ...placementOf(name, { kind: "cpu", ...(nodeLabels && { nodeLabels }) }),
        initContainers: [container],
        containers: [
          {
            name: "stream",
            image: model.image,
            imagePullPolicy: "IfNotPresent",
            securityContext: HARDENED_CONTAINER,
            command: ["stream-predict"],
            env: [
              ...variables,
              { name: "STREAM_POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
              ...Object.entries({ ...more, ...variablesOf(workload) }).map(([variable, value]) => ({ name: variable, value })),
            ],
            ports: [{ name: "http", containerPort: STREAM_PORT }],
            startupProbe: { ...ping, periodSeconds: 5, failureThreshold: Math.max(3, Math.ceil((1.5 * loadSeconds) / 5)) },
            readinessProbe: { ...ping, periodSeconds: 5, failureThreshold: 2 },
            livenessProbe: { ...ping, periodSeconds: 10, failureThreshold: 6 },
            resources: { requests: { cpu, memory }, limits: { memory } },
            volumeMounts: [{ ...files, readOnly: true }, SCRATCH_MOUNT],
          },
        ],
        volumes: [{ name: files.name, emptyDir: {} }, scratchVolume()],
      },
    },
  };
}

function variablesOf({ keep, rowsPerCall, waitSeconds, predictSeconds, store }: Workload): Record<string, string> {
  const said = {
    AWS_REGION: store.region,
    STREAM_PORT: String(STREAM_PORT),
    STREAM_END_SECONDS: String(END_SECONDS),
    STREAM_KEEP: keep?.join(","),
    STREAM_ROWS: rowsPerCall?.toString(),
    STREAM_WAIT_SECONDS: waitSeconds?.toString(),
    STREAM_PREDICT_SECONDS: predictSeconds?.toString(),
  };
  return Object.fromEntries(Object.entries(said).filter((each): each is [string, string] => each[1] !== undefined));
}
