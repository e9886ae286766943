/** Rights, roles and subjects of Kubernetes' access control that K8S-05 looks for. */

/** Types of some kinds in every version that the SDK has, and of patches of such objects. */
const typesOf = (...kinds: string[]): string[] =>
  ["v1", "v1beta1", "v1alpha1"].flatMap((version) =>
    kinds.flatMap((kind) => [kind, `${kind}Patch`].map((each) => `kubernetes:rbac.authorization.k8s.io/${version}:${each}`)),
  );
export const ROLES = typesOf("Role", "ClusterRole");
export const BINDINGS = typesOf("RoleBinding", "ClusterRoleBinding");

/** Each lets its holder act as somebody else, or gain missing rights (Kubernetes documentation, "RBAC Good Practices"). */
export const ESCALATING = ["escalate", "bind", "impersonate"];

/** Each opens a way into a running pod: its terminal, its ports, or a container next to its own. */
export const SHELLS: ReadonlyMap<string, readonly string[]> = new Map([
  ["pods/exec", ["create", "get"]],
  ["pods/attach", ["create", "get"]],
  ["pods/portforward", ["create", "get"]],
  ["pods/ephemeralcontainers", ["update", "patch"]],
]);

const CHANGES = ["update", "patch", "delete", "deletecollection"];
export const WRITES = ["create", ...CHANGES];

/**
 * Verbs on resources that bypass the checks of the cluster: those of the CIS benchmark (4.1.9 to 4.1.12), and objects that limit people,
 * pods and traffic, so that whoever writes them sets the limits of others or of themselves.
 */
export const WAYS_ROUND: ReadonlyMap<string, readonly string[]> = new Map([
  ["persistentvolumes", ["create"]],
  ["nodes/proxy", ["get", "create"]],
  ["certificatesigningrequests/approval", ["update", "patch"]],
  ["nodes", CHANGES],
  // Labels of a namespace say how Pod Security and admission policies treat its pods.
  ["namespaces", ["update", "patch"]],
  ...[
    "validatingwebhookconfigurations",
    "mutatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
    "networkpolicies",
    "resourcequotas",
    "limitranges",
    "clusterqueues",
    "localqueues",
    "cohorts",
    "resourceflavors",
    "workloadpriorityclasses",
    "priorityclasses",
  ].map((resource): [string, string[]] => [resource, WRITES]),
]);

/** What decides which requests reach which version of a model, and when. In a namespace of models only controllers write it. */
export const RELEASED = [
  "pods",
  "services",
  "deployments",
  "replicasets",
  "statefulsets",
  "daemonsets",
  "jobs",
  "cronjobs",
  "rollouts",
  "analysistemplates",
  "analysisruns",
  "horizontalpodautoscalers",
];
export const ROUTES = ["virtualservices", "destinationrules", "gateways", "envoyfilters", "serviceentries", "httproutes"];

/** Subjects that include everybody, every pod, or that no rule can restrict. */
export const NOBODY_KNOWN = ["system:masters", "system:anonymous", "system:unauthenticated", "system:authenticated", "*"];
export const EVERY_POD = "system:serviceaccounts";

/** Kubernetes' own roles that read secrets, open shells and start pods as any account of a namespace. */
export const WIDE = ["cluster-admin", "admin", "edit"];
