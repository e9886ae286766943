import type { Layer } from "#stacks/contracts";
import type { Mutant } from "./mutants.ts";

/** One change to the inputs of one resource. */
const change = (layer: Layer, name: string, what: string, edit: (inputs: any) => void): Mutant => ({
  what,
  layer,
  change: ({ get }) => edit(get(name).inputs),
});

const canary = (what: string, edit: (canary: any) => void): Mutant =>
  change("workloads", "fraud-rollout", what, ({ spec }) => edit(spec.strategy.canary));

const isShare = (step: any): boolean => step.analysis?.templates[0].templateName === "fraud-share";

/** What only somebody sees who knows these kinds, or what lies around the cluster. */
export const PLATFORM_MUTANTS: readonly Mutant[] = [
  canary("a canary that is promoted without a measurement", (it) => {
    it.steps = it.steps.filter((step: any) => !("analysis" in step));
    delete it.analysis;
  }),
  canary("a canary that takes all requests at once", (it) => {
    it.steps = [{ setWeight: 100 }];
  }),
  canary("a canary whose share is never looked at", (it) => {
    it.steps = it.steps.filter((step: any) => !isShare(step));
  }),
  change("workloads", "fraud-gate", "a gate that passes when it finds nothing", ({ spec }) => {
    spec.metrics[0].inconclusiveLimit = 1000;
  }),
  change("workloads", "fraud-split", "weights that make 90", ({ spec }) => {
    spec.http[0].route[0].weight = 90;
  }),
  change("workloads", "fraud-root", "failed answers asked for again", ({ spec }) => {
    spec.http[0].retries.retryOn = "connect-failure,5xx";
  }),
  change("platform", "training", "4,096 GPUs in a pool", ({ spec }) => {
    spec.limits["nvidia.com/gpu"] = "4096";
  }),
  {
    what: "a training job beside the queue",
    layer: "workloads",
    change: ({ add }) =>
      add("kubernetes:batch/v1:Job", {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "added", namespace: "team-risk" },
        spec: {
          activeDeadlineSeconds: 3600,
          backoffLimit: 2,
          ttlSecondsAfterFinished: 3600,
          template: { spec: trainingPod() },
        },
      }),
  },
  change("platform", "queues-controller", "a queue controller without which no pod starts", ({ values }) => {
    delete values.managerConfig;
  }),
  change("platform", "monitoring-stack", "a password in a chart's values", ({ values }) => {
    values.grafana.adminPassword = "q7Rk9sLw2mXvB4tZ";
  }),
  change("platform", "delivery-controller", "a chart of any version", (inputs) => {
    inputs.version = "2.x";
  }),
  change("foundation", "models-private", "a bucket of models that may become public", (inputs) => {
    inputs.blockPublicPolicy = false;
  }),
  change("foundation", "tracking-database", "a database that the internet reaches", (inputs) => {
    inputs.publiclyAccessible = true;
  }),
  change("foundation", "data-key", "a key that is never renewed", (inputs) => {
    inputs.enableKeyRotation = false;
  }),
  change("platform", "cluster", "a Kubernetes API for everybody", ({ vpcConfig }) => {
    vpcConfig.endpointPublicAccess = true;
    vpcConfig.publicAccessCidrs = ["0.0.0.0/0"];
  }),
  change("foundation", "audit-trail", "a record of changes that can be forged", (inputs) => {
    inputs.enableLogFileValidation = false;
  }),
  {
    what: "a database that a slip deletes",
    layer: "foundation",
    change: ({ get }) => {
      get("tracking-database").protect = false;
    },
  },
];

const trainingPod = (): object => ({
  automountServiceAccountToken: false,
  serviceAccountName: "train",
  restartPolicy: "Never",
  securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
  tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
  containers: [
    {
      name: "train",
      image: `333333333333.dkr.ecr.eu-west-1.amazonaws.com/millrace-prod/train@sha256:${"0".repeat(64)}`,
      imagePullPolicy: "Always",
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      resources: {
        requests: { cpu: "4", memory: "16Gi" },
        limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" },
      },
    },
  ],
});
