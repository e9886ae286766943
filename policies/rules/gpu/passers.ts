import { QUEUE } from "../../kubernetes/labels.ts";
import type { Bag } from "../../read.ts";
import { GPU } from "./pools.ts";

/** An object that a guard of the queues must refuse. */
export interface Passer {
  what: string;
  operation: "CREATE" | "UPDATE";
  object: Bag;
  before: Bag | null;
}

/** What decides whether a pod comes to a GPU. */
interface Asks {
  resources?: Bag;
  init?: Bag;
  toleration?: Bag;
}

const GPUS: Asks = { resources: { limits: { [GPU]: "1" }, requests: { [GPU]: "1" } } };
const FIRST: Asks = { init: { limits: { [GPU]: "1" } } };
const SLICE: Asks = { resources: { requests: { "nvidia.com/mig-1g.5gb": "1" } } };
const TOLERANT: Asks = { toleration: { key: GPU, operator: "Exists", effect: "NoSchedule" } };
const TOLERATES_ALL: Asks = { toleration: { operator: "Exists" } };

/** Fields that change nothing of what a pod asks for: a guard must not look away for them. */
const BESIDES = {
  priority: 0,
  priorityClassName: "high",
  serviceAccountName: "jobs",
  automountServiceAccountToken: false,
  nodeName: "node",
  nodeSelector: { pool: "any" },
  schedulerName: "other",
  runtimeClassName: "nvidia",
  restartPolicy: "Never",
  activeDeadlineSeconds: 60,
  terminationGracePeriodSeconds: 0,
  hostNetwork: false,
  affinity: {},
  securityContext: {},
  volumes: [],
};

const container = (name: string, resources: Bag | undefined): Bag => ({ name, image: "a", ...(resources && { resources }) });

const podSpec = ({ resources, init, toleration }: Asks, isRich: boolean): Bag => ({
  containers: [container("main", resources)],
  ...(init && { initContainers: [container("first", init)] }),
  ...(toleration && { tolerations: [toleration] }),
  ...(isRich && BESIDES),
});

const metadataOf = (labels: Bag, isRich: boolean): Bag => ({
  name: "a",
  namespace: "team-a",
  ...((isRich || Object.keys(labels).length > 0) && { labels: { ...(isRich && { app: "a" }), ...labels } }),
  ...(isRich && { annotations: { "example.com/a": "b" }, ownerReferences: [{ kind: "Job", name: "a" }] }),
});

/** As whoever hurries writes it, and with all that Kubernetes and others fill in. */
const BOTH = [false, true];

/** Pods that nobody but a queued Job may make, and a pod that becomes one. */
const PODS: readonly Passer[] = BOTH.flatMap((isRich) => {
  const pod = (asks: Asks): Bag => ({ metadata: metadataOf({}, isRich), spec: podSpec(asks, isRich) });
  const create = (what: string, asks: Asks): Passer => ({ what, operation: "CREATE", object: pod(asks), before: null });
  return [
    create("a pod with a GPU", GPUS),
    create("a pod with a GPU in an init container", FIRST),
    create("a pod with a slice of a GPU", SLICE),
    create("a pod that tolerates GPU nodes", TOLERANT),
    create("a pod that tolerates every node", TOLERATES_ALL),
    { what: "a pod that begins to tolerate GPU nodes", operation: "UPDATE", object: pod(TOLERANT), before: pod({}) },
  ];
});

/** Jobs that no queue counts. */
const JOBS: readonly Passer[] = BOTH.flatMap((isRich) => {
  const job = (asks: Asks, queue: string | undefined): Bag => ({
    metadata: metadataOf(queue === undefined ? {} : { [QUEUE]: queue }, isRich),
    spec: {
      template: { metadata: {}, spec: podSpec(asks, isRich) },
      ...(isRich && { suspend: true, parallelism: 1, completions: 1, backoffLimit: 0, activeDeadlineSeconds: 60 }),
    },
  });
  const both = (what: string, asks: Asks, queue?: string): Passer[] => [
    { what, operation: "CREATE", object: job(asks, queue), before: null },
    { what: `${what}, changed`, operation: "UPDATE", object: job(asks, queue), before: job({}, "cpu") },
  ];
  return [
    ...both("a Job with a GPU and no queue", GPUS),
    ...both("a Job with a GPU in an init container and no queue", FIRST),
    ...both("a Job with a GPU in the queue of CPUs", GPUS, "cpu"),
    ...both("a Job with a GPU in an init container in the queue of CPUs", FIRST, "cpu"),
    ...both("a Job with a slice of a GPU", SLICE, "default"),
    ...both("a Job that tolerates GPU nodes without a GPU", TOLERANT, "cpu"),
    ...both("a Job that tolerates every node without a GPU", TOLERATES_ALL, "cpu"),
  ];
});

/** A guard of Millrace's queues by its name, and what it is there for. */
export interface Guard {
  group: string;
  kind: string;
  passers: readonly Passer[];
}

export const GUARDS: ReadonlyMap<string, Guard> = new Map([
  ["millrace-gpu-pods", { group: "", kind: "pods", passers: PODS }],
  ["millrace-gpu-jobs", { group: "batch", kind: "jobs", passers: JOBS }],
]);
