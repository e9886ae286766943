import { ADDONS, API, CHARTS, type ChartPin, KUBERNETES, NODE_GROUP_RELEASE, NODE_IMAGE, POSTGRES } from "#components/versions";
import type { Recorded } from "#plan/record";
import type { RecordedStack } from "../../harness/stacks.ts";
import { type Invariant, offending, pick, textsIn, valuesIn } from "./invariant.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";

export const objects: Invariant[] = [
  {
    rule: "what has a namespace names it, the namespace is there, and nothing else names one",
    offenders: offending((resource, stack) => {
      const { type, inputs } = resource;
      const namespace = type === RELEASE ? inputs["namespace"] : inputs["metadata"]?.namespace;
      return (
        type.startsWith("kubernetes:") && !(WHOLE_CLUSTER.has(kindOf(resource)) ? !namespace : namespacesOf(stack).has(namespace))
      );
    }),
    counterexample: {
      of: "workloads",
      change: (stack) => {
        delete pick(stack, "kubernetes:core/v1:Service", "fraud-stable").inputs["metadata"].namespace;
        pick(stack, "kubernetes:core/v1:LimitRange", "risk-jobs-limits").inputs["metadata"].namespace = "team-fraud";
        pick(stack, "kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue", "risk-queue-share").inputs["metadata"].namespace =
          "team-risk";
      },
      found: [
        "kubernetes:core/v1:LimitRange risk-jobs-limits",
        "kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue risk-queue-share",
        "kubernetes:core/v1:Service fraud-stable",
      ],
    },
  },
  {
    rule: "a chart is one of versions.ts",
    offenders: offending(({ type, inputs }) => type === RELEASE && !isPinned(inputs)),
    counterexample: {
      of: "platform",
      change: (stack) => {
        pick(stack, RELEASE, "karpenter").inputs["version"] = "1.14.0";
        delete pick(stack, RELEASE, "mesh-istiod").inputs["repositoryOpts"];
      },
      found: [`${RELEASE} karpenter`, `${RELEASE} mesh-istiod`],
    },
  },
  {
    rule: "Kubernetes, its add-ons, the nodes' image and PostgreSQL are those of versions.ts",
    offenders: offending(({ type, inputs }) => VERSIONED[type]?.(inputs) === false),
    counterexample: {
      of: "platform",
      change: (stack) => {
        delete pick(stack, "aws:eks/cluster:Cluster", "cluster").inputs["version"];
        pick(stack, "aws:eks/nodeGroup:NodeGroup", "system-nodes").inputs["version"] = "1.34";
        pick(stack, "aws:eks/addon:Addon", "addons-after-nodes-coredns").inputs["addonVersion"] = "v1.13.2-eksbuild.1";
        const node = pick(stack, "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "training-class").inputs["spec"];
        node.amiSelectorTerms = [{ alias: "al2023@latest" }];
      },
      found: [
        "aws:eks/cluster:Cluster cluster",
        "aws:eks/nodeGroup:NodeGroup system-nodes",
        "aws:eks/addon:Addon addons-after-nodes-coredns",
        "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass training-class",
      ],
    },
  },
  {
    rule: "a custom resource is of the API version of versions.ts",
    offenders: offending((resource) => isCustom(resource) && !APIS.has(resource.inputs["apiVersion"])),
    counterexample: {
      of: "workloads",
      change: (stack) => {
        pick(stack, "kubernetes:argoproj.io/v1alpha1:Rollout", "fraud-rollout").inputs["apiVersion"] = "argoproj.io/v1";
      },
      found: ["kubernetes:argoproj.io/v1alpha1:Rollout fraud-rollout"],
    },
  },
  {
    rule: "an image has a version, and nothing is the latest",
    offenders: offending(
      ({ inputs }) => imagesIn(inputs).some((image) => !IMAGE.test(image)) || textsIn(inputs).some(isFloating),
    ),
    counterexample: {
      of: "platform",
      change: (stack) => {
        const container = (type: string, name: string) => pick(stack, type, name).inputs["spec"].template.spec.containers[0];
        container("kubernetes:batch/v1:Job", "tracking-migration").image = "ghcr.io/mlflow/mlflow";
        container("kubernetes:apps/v1:Deployment", "tracking-server").image = "ghcr.io/mlflow/mlflow:latest";
        pick(stack, RELEASE, "dcgm-exporter").inputs["values"].image = { tag: "latest" };
      },
      found: [
        `${RELEASE} dcgm-exporter`,
        "kubernetes:batch/v1:Job tracking-migration",
        "kubernetes:apps/v1:Deployment tracking-server",
      ],
    },
  },
];

/** Kinds without a namespace, as the API server lists them (`kubectl api-resources --namespaced=false`). */
const WHOLE_CLUSTER = new Set([
  "core/Namespace",
  "scheduling.k8s.io/PriorityClass",
  "storage.k8s.io/StorageClass",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
  "external-secrets.io/ClusterSecretStore",
  "karpenter.sh/NodePool",
  "karpenter.k8s.aws/EC2NodeClass",
  "kueue.x-k8s.io/ClusterQueue",
  "kueue.x-k8s.io/Cohort",
  "kueue.x-k8s.io/ResourceFlavor",
  "kueue.x-k8s.io/WorkloadPriorityClass",
]);

/** `kubernetes:kueue.x-k8s.io/v1beta2:Cohort` → `kueue.x-k8s.io/Cohort`; a kind's name alone is not unique. */
function kindOf({ type }: Recorded): string {
  const [, version = "", kind] = type.split(":");
  return `${version.split("/")[0]}/${kind}`;
}

/** Namespaces that a layer makes or that an earlier one hands on, and the one that every cluster has. */
function namespacesOf({ resources, references }: RecordedStack): Set<unknown> {
  const made = resources
    .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
    .map(({ inputs }) => inputs["metadata"].name);
  const handedOn = [...valuesIn(references)].filter(({ key }) => key === "namespace").map(({ value }) => value);
  return new Set(["kube-system", ...made, ...handedOn]);
}

const isPinned = ({ chart, version, repositoryOpts }: Recorded["inputs"]): boolean =>
  Object.values<ChartPin>(CHARTS).some(
    (pin) => pin.chart === chart && pin.version === version && pin.repository === repositoryOpts?.repo,
  );

const VERSIONED: Record<string, (inputs: Recorded["inputs"]) => boolean> = {
  "aws:eks/cluster:Cluster": ({ version }) => version === KUBERNETES.default,
  "aws:eks/nodeGroup:NodeGroup": ({ version, releaseVersion }) =>
    version === KUBERNETES.default && releaseVersion === NODE_GROUP_RELEASE,
  "aws:eks/addon:Addon": ({ addonName, addonVersion }) => addonVersion === (ADDONS as Record<string, string>)[addonName],
  "aws:rds/instance:Instance": ({ engineVersion }) => engineVersion === POSTGRES,
  "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass": ({ spec }) =>
    spec.amiSelectorTerms.every(({ alias }: any) => alias === NODE_IMAGE),
};

const APIS = new Set<string>(Object.values(API));

/** Groups of Kubernetes itself are bare words or end in `.k8s.io`; charts are no objects. */
function isCustom({ type }: Recorded): boolean {
  const group = /^kubernetes:([^/]+)\//.exec(type)?.[1] ?? "";
  return group.includes(".") && !group.endsWith(".k8s.io") && group !== "helm.sh";
}

/** A tag or a digest after the last slash. */
const IMAGE = /[:@][^/]+$/;

const imagesIn = (inputs: Recorded["inputs"]): string[] =>
  [...valuesIn(inputs)].flatMap(({ key, value }) => (key === "image" && typeof value === "string" ? [value] : []));

const isFloating = (text: string): boolean => /(^|[:@])latest$/.test(text);
