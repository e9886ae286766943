import type { Address, Mutant } from "#rehearsal/mutants/mutant";
import { MUTANTS } from "#rehearsal/mutants/mutants";
import type { Layer } from "#stacks/contracts";
import { object, type ProdMutant } from "./mutant.ts";

/** One change to the inputs of one resource. */
const change = (layer: Layer, resource: Address, what: string, edit: (inputs: any) => void): Mutant => ({
  what,
  layer,
  resource,
  change: edit,
});

const canary = (what: string, edit: (canary: any) => void): Mutant =>
  change("workloads", object("argoproj.io/v1alpha1:Rollout", "fraud-rollout"), what, ({ spec }) => edit(spec.strategy.canary));

/** The mutant that a rehearsal applies for a rule. */
const rehearsed = (rule: string): Mutant => {
  const found = MUTANTS.find((mutant) => mutant.rule === rule);
  if (!found) {
    throw new Error(`rehearsal/mutants/mutants.ts must have a mutant for ${rule}, got nothing: add one`);
  }
  return found;
};

const isShare = (step: any): boolean => step.analysis?.templates[0].templateName === "fraud-share";

/** What only somebody sees who knows these kinds, or what lies around the cluster. */
export const PLATFORM_MUTANTS: readonly ProdMutant[] = [
  canary("a canary that is promoted without a measurement", (it) => {
    it.steps = it.steps.filter((step: any) => !("analysis" in step));
    delete it.analysis;
  }),
  canary("a canary that takes all requests at once", (it) => {
    it.steps = [{ setWeight: 100 }];
  }),
  canary("a canary whose share is never checked", (it) => {
    it.steps = it.steps.filter((step: any) => !isShare(step));
  }),
  change(
    "workloads",
    object("argoproj.io/v1alpha1:AnalysisTemplate", "fraud-gate"),
    "an analysis that passes without data",
    ({ spec }) => {
      spec.metrics[0].inconclusiveLimit = 1000;
    },
  ),
  change("workloads", object("networking.istio.io/v1:VirtualService", "fraud-split"), "weights that add up to 90", ({ spec }) => {
    spec.http[0].route[0].weight = 90;
  }),
  rehearsed("MESH-04"),
  rehearsed("GPU-03"),
  {
    what: "a training job without a queue",
    layer: "workloads",
    adds: {
      type: "kubernetes:batch/v1:Job",
      inputs: {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "added", namespace: "team-risk" },
        spec: {
          activeDeadlineSeconds: 3600,
          backoffLimit: 2,
          ttlSecondsAfterFinished: 3600,
          template: { spec: trainingPod() },
        },
      },
    },
  },
  change(
    "platform",
    object("helm.sh/v3:Release", "queues-controller"),
    "a queue controller whose failure stops all pods from starting",
    ({ values }) => {
      delete values.managerConfig;
    },
  ),
  change("platform", object("helm.sh/v3:Release", "monitoring-stack"), "a password in a chart's values", ({ values }) => {
    values.grafana.adminPassword = "q7Rk9sLw2mXvB4tZ";
  }),
  change("platform", object("helm.sh/v3:Release", "delivery-controller"), "a chart without an exact version", (inputs) => {
    inputs.version = "2.x";
  }),
  rehearsed("S3-01"),
  rehearsed("DB-02"),
  rehearsed("KMS-01"),
  change("platform", { type: "aws:eks/cluster:Cluster", name: "cluster" }, "a Kubernetes API for everybody", ({ vpcConfig }) => {
    vpcConfig.endpointPublicAccess = true;
    vpcConfig.publicAccessCidrs = ["0.0.0.0/0"];
  }),
  rehearsed("AUD-01"),
  rehearsed("REL-01"),
];

function trainingPod(): object {
  return {
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
  };
}
