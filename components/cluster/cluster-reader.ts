import * as k8s from "@pulumi/kubernetes";
import { Component, type ComponentOptions } from "../component.ts";
import { check } from "../validation.ts";

/** Group of the role that plans, in its access entry and in its binding. */
export const PLAN_GROUP = "millrace-plan";

export interface ClusterReaderArgs {
  /** Kubernetes group that may read. @default "millrace-plan" */
  group?: string;
}

/** Objects of the core group but Secrets: Kubernetes has no way to take one away from all. */
const CORE = [
  "configmaps",
  "endpoints",
  "events",
  "limitranges",
  "namespaces",
  "nodes",
  "persistentvolumeclaims",
  "persistentvolumes",
  "pods",
  "replicationcontrollers",
  "resourcequotas",
  "serviceaccounts",
  "services",
];

/** API groups whose objects hold no secret value. Those of External Secrets name secrets, and do not hold them. */
const GROUPS = [
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apps",
  "argoproj.io",
  "autoscaling",
  "batch",
  "cert-manager.io",
  "discovery.k8s.io",
  "external-secrets.io",
  "generators.external-secrets.io",
  "karpenter.k8s.aws",
  "karpenter.sh",
  "kueue.x-k8s.io",
  "monitoring.coreos.com",
  "networking.istio.io",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "scheduling.k8s.io",
  "security.istio.io",
  "storage.k8s.io",
  "telemetry.istio.io",
];

/**
 * Reads every object that a preview compares, and no Secret: EKS's own policies for whole clusters either lack the objects of other groups
 * (`AmazonEKSViewPolicy`) or include Secrets (`AmazonEKSAdminViewPolicy`).
 *
 * Helm keeps its releases in Secrets: a preview of a chart compares with Pulumi's state, and a refresh of charts is for the role that deploys.
 */
export class ClusterReader extends Component {
  constructor(name: string, args: ClusterReaderArgs = {}, opts?: ComponentOptions) {
    super("cluster:ClusterReader", name, args, opts);
    const { group = PLAN_GROUP } = args;
    check.matches(
      "group",
      group,
      /^(?!(system|eks|aws|amazon|iam):)[\w:.-]+$/,
      "a group outside system:, eks:, aws:, amazon: and iam:",
      this,
    );

    const child = { parent: this };
    const verbs = ["get", "list", "watch"];
    const role = new k8s.rbac.v1.ClusterRole(
      name,
      {
        metadata: { name: group },
        rules: [
          { apiGroups: [""], resources: CORE, verbs },
          { apiGroups: GROUPS, resources: ["*"], verbs },
        ],
      },
      child,
    );
    new k8s.rbac.v1.ClusterRoleBinding(
      `${name}-binding`,
      {
        metadata: { name: group },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }],
      },
      child,
    );
    this.registerOutputs({});
  }
}
