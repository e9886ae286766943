import * as k8s from "@pulumi/kubernetes";
import { Component, type ComponentOptions } from "../component.ts";
import { fields, flag, matching, optional } from "../shape.ts";

/** Group of the role that plans, in its access entry and in its binding. */
export const PLAN_GROUP = "millrace-plan";

export interface ClusterReaderArgs {
  /** Kubernetes group that may read. @default "millrace-plan" */
  group?: string;

  /** Whether the group may also read the logs of every pod. @default false */
  logs?: boolean;
}

/**
 * Objects that hold no secret value, by API group. Secrets are left out of the core group: Kubernetes has no way to take one away from
 * all. The objects of External Secrets name secrets, and do not hold them.
 */
const READABLE: Readonly<Record<string, readonly string[]>> = {
  "": [
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "resourcequotas",
    "serviceaccounts",
    "services",
  ],
  "admissionregistration.k8s.io": [
    "mutatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
  ],
  "apiextensions.k8s.io": ["customresourcedefinitions"],
  apps: ["daemonsets", "deployments", "replicasets", "statefulsets"],
  "argoproj.io": ["analysisruns", "analysistemplates", "clusteranalysistemplates", "rollouts"],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
  "cert-manager.io": ["certificates", "clusterissuers", "issuers"],
  "external-secrets.io": ["clustersecretstores", "externalsecrets", "secretstores"],
  "generators.external-secrets.io": ["passwords"],
  "karpenter.k8s.aws": ["ec2nodeclasses"],
  "karpenter.sh": ["nodeclaims", "nodepools"],
  "kueue.x-k8s.io": [
    "admissionchecks",
    "clusterqueues",
    "cohorts",
    "localqueues",
    "resourceflavors",
    "workloadpriorityclasses",
    "workloads",
  ],
  "monitoring.coreos.com": ["alertmanagerconfigs", "podmonitors", "probes", "prometheusrules", "servicemonitors"],
  "networking.istio.io": ["destinationrules", "envoyfilters", "gateways", "serviceentries", "sidecars", "virtualservices"],
  "networking.k8s.io": ["ingresses", "networkpolicies"],
  policy: ["poddisruptionbudgets"],
  "rbac.authorization.k8s.io": ["clusterrolebindings", "clusterroles", "rolebindings", "roles"],
  "scheduling.k8s.io": ["priorityclasses"],
  "security.istio.io": ["authorizationpolicies", "peerauthentications", "requestauthentications"],
  "storage.k8s.io": ["storageclasses"],
  "telemetry.istio.io": ["telemetries"],
};

/**
 * Reads every object that a preview compares, and no Secret: EKS's own policies for whole clusters either lack the objects of other groups
 * (`AmazonEKSViewPolicy`) or include Secrets (`AmazonEKSAdminViewPolicy`).
 *
 * Helm keeps its releases in Secrets: a preview of a chart compares with Pulumi's state, and a refresh of charts is for the role that deploys.
 */
export class ClusterReader extends Component {
  static override readonly shape = fields<ClusterReaderArgs>({
    group: optional(
      matching(/^(?!(system|eks|aws|amazon|iam):)[\w:.-]+$/, "a group outside system:, eks:, aws:, amazon: and iam:"),
    ),
    logs: optional(flag),
  });

  constructor(name: string, args: ClusterReaderArgs = {}, opts?: ComponentOptions) {
    super("cluster:ClusterReader", name, args, opts);
    const { group = PLAN_GROUP, logs = false } = args;

    const child = { parent: this };
    const role = new k8s.rbac.v1.ClusterRole(
      name,
      {
        metadata: { name: group },
        rules: [
          ...Object.entries(READABLE).map(([group, resources]) => ({
            apiGroups: [group],
            resources: [...resources],
            verbs: ["get", "list", "watch"],
          })),
          ...(logs ? [{ apiGroups: [""], resources: ["pods/log"], verbs: ["get"] }] : []),
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
