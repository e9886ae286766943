import { added, object, type StackMutant, welcome } from "./mutant.ts";
import { pod } from "./pod.ts";

const GPUS = { requests: { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "1" }, limits: { memory: "1Gi", "nvidia.com/gpu": "1" } };
const CPUS = { template: { spec: pod() } };
const WITH_GPUS = { template: { spec: pod((spec) => (spec.containers[0].resources = GPUS)) } };

type Spec = (pods: typeof CPUS, resources: object) => object;

/** Jobs by who makes pods of them. */
const JOBS: readonly (readonly [apiVersion: string, kind: string, spec: Spec])[] = [
  ["trainer.kubeflow.org/v1alpha1", "TrainJob", (_, resourcesPerNode) => ({ trainer: { numNodes: 2, resourcesPerNode } })],
  ["kubeflow.org/v1", "PyTorchJob", (Worker) => ({ pytorchReplicaSpecs: { Master: CPUS, Worker } })],
  ["kubeflow.org/v2beta1", "MPIJob", (Worker) => ({ mpiReplicaSpecs: { Launcher: CPUS, Worker } })],
  [
    "ray.io/v1",
    "RayJob",
    (pods) => ({ rayClusterSpec: { headGroupSpec: CPUS, workerGroupSpecs: [{ groupName: "a", ...pods }] } }),
  ],
  ["ray.io/v1", "RayCluster", (pods) => ({ headGroupSpec: pods, workerGroupSpecs: [] })],
];

const place = { name: "added", namespace: "team-risk" };
const QUEUED = { labels: { "kueue.x-k8s.io/queue-name": "default" } };

/** Jobs of operators in a team's namespace. */
export const OPERATORS: readonly StackMutant[] = JOBS.flatMap(([apiVersion, kind, specOf]) => {
  const job = (metadata: object, spec: object) => object(apiVersion, kind, { metadata: { ...place, ...metadata }, spec });
  const [past, queued, small] = [
    job({}, specOf(WITH_GPUS, GPUS)),
    job(QUEUED, specOf(WITH_GPUS, GPUS)),
    job(QUEUED, specOf(CPUS, { requests: { cpu: "1" } })),
  ];
  return [
    added("workloads", past.type, `a ${kind} with GPUs and no queue`, past.inputs),
    welcome("workloads", queued.type, `a ${kind} with GPUs in a queue`, queued.inputs),
    welcome("workloads", small.type, `a ${kind} without GPUs`, small.inputs),
  ];
});
