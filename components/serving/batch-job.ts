import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { HARDENED_CONTAINER, hardenedPod, SCRATCH_MOUNT, scratchVolume } from "../pod-security.ts";
import { QUEUE_LABEL } from "../training/queue-names.ts";
import { given } from "../validation.ts";
import type { ModelStore, ModelVersion } from "./model.ts";
import { fetching } from "./pod-template.ts";
import { SERVER_USER } from "./runtimes/contract.ts";
import { type Table, uriOf } from "./table.ts";

/** How a table is predicted for. */
export interface BatchTerms {
  /** Only partitions whose path fits this pattern, such as `date=2026-11-*`. @default "*" */
  partitions?: string;

  /** Columns of the input that stand beside each prediction, at least one. @default - all that are no input of the model */
  keep?: readonly string[];

  /** Rows of one call of the model. @default 10_000 */
  rowsPerCall?: number;

  /** Largest share of a partition's rows on which the model may fail, 0 to 1. @default 0.01 */
  maxRejectedShare?: number;

  /** What becomes of a partition that was predicted from other files, or by another version: it fails, or is predicted again. @default "refuse" */
  again?: "refuse" | "replace";

  /** Pods that share the partitions. @default 1 */
  pods?: number;

  /** Longest time of a run, seconds; what it has not done is for the next one. @default 21_600 */
  deadlineSeconds?: number;

  /** Processors of a pod. @default "2" */
  cpu?: string;

  /** Memory of a pod. @default "4Gi" */
  memory?: string;

  /** Labels of the nodes that they run on. @default - any node without a taint */
  nodeLabels?: Record<string, string>;

  /** LocalQueue of Kueue that admits the jobs. @default - no queue, which a namespace of a team's jobs refuses */
  queue?: string;
}

const DEFAULTS = { pods: 1, deadlineSeconds: 21_600, cpu: "2", memory: "4Gi" } as const;

interface Batch extends BatchTerms {
  modelName: string;
  model: ModelVersion;
  store: ModelStore;
  input: Table;
  output: Table;
}

const CONTAINER = "batch";

/** Exit codes of `batch-predict` that a second try does not change: a partition that cannot be predicted, a wrong variable, a refusal, no partition. */
const NO_USE = [1, 2, 4, 5];
/** How often a pod is started again for its share of the partitions, after what may pass. */
const TRIES = 3;

/** `jobTemplate`: an indexed Job, each of whose pods has a share of the partitions. */
export function batchJob(name: string, batch: Batch): k8s.types.input.batch.v1.JobTemplateSpec {
  const { pods, deadlineSeconds, cpu, memory, nodeLabels, queue, modelName, model, store } = { ...DEFAULTS, ...given(batch) };
  const { container, variables, files } = fetching(modelName, model, store.bucketName, model.image);
  const labels = { app: name };
  return {
    metadata: { labels: { ...labels, ...(queue !== undefined && { [QUEUE_LABEL]: queue }) } },
    spec: {
      completionMode: "Indexed",
      completions: pods,
      parallelism: pods,
      backoffLimitPerIndex: TRIES,
      maxFailedIndexes: pods,
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: 7 * 86_400,
      podFailurePolicy: {
        rules: [
          { action: "FailIndex", onExitCodes: { containerName: CONTAINER, operator: "In", values: NO_USE } },
          // A node that is drained is no try.
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        ],
      },
      template: {
        metadata: { labels: { ...labels, version: `v${model.version}` } },
        spec: {
          ...hardenedPod(name, SERVER_USER),
          restartPolicy: "Never",
          ...(nodeLabels && { nodeSelector: nodeLabels }),
          initContainers: [container],
          containers: [
            {
              name: CONTAINER,
              image: model.image,
              imagePullPolicy: "IfNotPresent",
              securityContext: HARDENED_CONTAINER,
              command: ["batch-predict"],
              env: [...variables, ...variablesOf(batch, pods)],
              resources: { requests: { cpu, memory }, limits: { memory } },
              volumeMounts: [{ ...files, readOnly: true }, SCRATCH_MOUNT],
            },
          ],
          volumes: [{ name: files.name, emptyDir: {} }, scratchVolume()],
        },
      },
    },
  };
}

function variablesOf(batch: Batch, pods: number): { name: string; value: pulumi.Input<string> }[] {
  const { input, output, partitions, keep, rowsPerCall, maxRejectedShare, again } = batch;
  const said: Record<string, pulumi.Input<string> | undefined> = {
    BATCH_INPUT: uriOf(input),
    BATCH_OUTPUT: uriOf(output),
    BATCH_COMPLETIONS: String(pods),
    BATCH_PARTITIONS: partitions,
    BATCH_KEEP: keep?.join(","),
    BATCH_ROWS: rowsPerCall?.toString(),
    BATCH_MAX_REJECTED_SHARE: maxRejectedShare?.toString(),
    BATCH_AGAIN: again === "replace" ? again : undefined,
  };
  return Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}
