import { type AccessCase, type AccessRow, casesOf } from "./request.ts";

// Written by hand from what each person needs and must not have, not from the roles: a role that grows makes a case fail.

/** What nobody may do by a role: each is a way to more rights, round a check, or into a pod. */
const NOBODY = [
  "get secrets",
  "list secrets",
  "create pods/exec",
  "create pods/attach",
  "create pods/portforward",
  "patch pods/ephemeralcontainers",
  "create serviceaccounts/token",
  "create rolebindings.rbac.authorization.k8s.io",
  "escalate roles.rbac.authorization.k8s.io",
];

const NOBODY_CLUSTER_WIDE = [
  "impersonate users",
  "impersonate groups",
  "list secrets",
  "create clusterrolebindings.rbac.authorization.k8s.io",
  "bind clusterroles.rbac.authorization.k8s.io",
  "patch nodes",
  "get nodes/proxy",
  "patch namespaces",
  "delete validatingadmissionpolicies.admissionregistration.k8s.io",
  "approve certificatesigningrequests.certificates.k8s.io",
];

const TRAINING = [
  "create jobs.batch",
  "get jobs.batch",
  "delete jobs.batch",
  "create trainjobs.trainer.kubeflow.org",
  "create configmaps",
  "get pods",
  "get pods/log",
  "list events",
  "get localqueues.kueue.x-k8s.io",
  "list workloads.kueue.x-k8s.io",
];

/** Ways round the queue and its quotas. */
const ROUND_THE_QUEUE = [
  "create pods",
  "create deployments.apps",
  "create cronjobs.batch",
  "patch workloads.kueue.x-k8s.io",
  "create localqueues.kueue.x-k8s.io",
  "delete resourcequotas",
  "patch limitranges",
  "delete networkpolicies.networking.k8s.io",
];

const OBSERVING = [
  "get pods",
  "get pods/log",
  "list services",
  "list rollouts.argoproj.io",
  "watch analysisruns.argoproj.io",
  "get horizontalpodautoscalers.autoscaling",
  "get virtualservices.networking.istio.io",
];

const PROMOTING = ["patch rollouts.argoproj.io/status", "update rollouts.argoproj.io/status"];

/** What Pulumi and the controllers write: a version that stands in no release, a share without a measurement. */
const RELEASING = [
  "patch rollouts.argoproj.io",
  "create rollouts.argoproj.io",
  "patch virtualservices.networking.istio.io",
  "delete pods",
  "patch horizontalpodautoscalers.autoscaling",
  "patch analysistemplates.argoproj.io",
];

const READING_ALL = [
  "list nodes",
  "list namespaces",
  "list pods",
  "list events",
  "list rollouts.argoproj.io",
  "list nodepools.karpenter.sh",
  "list clusterqueues.kueue.x-k8s.io",
  "list clusterroles.rbac.authorization.k8s.io",
  "list networkpolicies.networking.k8s.io",
  "list prometheusrules.monitoring.coreos.com",
];

const WRITING_ALL = ["create namespaces", "create pods", "delete pods", "patch deployments.apps", "create jobs.batch"];

const ROWS: readonly AccessRow[] = [
  { who: "risk-data-scientists", in: "team-risk", may: TRAINING, mayNot: [...ROUND_THE_QUEUE, ...NOBODY] },
  { who: "risk-data-scientists", in: "models-risk", may: OBSERVING, mayNot: [...PROMOTING, ...RELEASING, ...NOBODY] },
  { who: "risk-data-scientists", in: "team-other", mayNot: ["get pods", "create jobs.batch", "get configmaps"] },
  { who: "risk-data-scientists", in: "mlflow", mayNot: ["get pods", "get pods/log", "get secrets", "create pods/portforward"] },
  { who: "risk-data-scientists", mayNot: ["list pods", "list nodes", ...NOBODY_CLUSTER_WIDE] },

  { who: "risk-ml-engineers", in: "team-risk", may: TRAINING, mayNot: [...ROUND_THE_QUEUE, ...NOBODY] },
  { who: "risk-ml-engineers", in: "models-risk", may: [...OBSERVING, ...PROMOTING], mayNot: [...RELEASING, ...NOBODY] },
  { who: "risk-ml-engineers", in: "models-other", mayNot: ["get pods", "list rollouts.argoproj.io", ...PROMOTING] },
  { who: "risk-ml-engineers", in: "monitoring", mayNot: ["get pods", "get secrets", "create pods/portforward"] },
  { who: "risk-ml-engineers", mayNot: ["list pods", "list nodes", ...NOBODY_CLUSTER_WIDE] },

  { who: "millrace-sre", in: "models-risk", may: [...OBSERVING, ...PROMOTING], mayNot: [...RELEASING, ...NOBODY] },
  { who: "millrace-sre", in: "team-risk", may: ["get pods", "get pods/log"], mayNot: ["create jobs.batch", ...NOBODY] },
  { who: "millrace-sre", in: "istio-ingress", may: ["get pods", "get pods/log"], mayNot: ["delete pods", ...NOBODY] },
  { who: "millrace-sre", may: READING_ALL, mayNot: [...WRITING_ALL, ...NOBODY_CLUSTER_WIDE] },

  { who: "millrace-auditors", in: "models-risk", may: ["get pods"], mayNot: ["get pods/log", ...PROMOTING, ...NOBODY] },
  { who: "millrace-auditors", in: "team-risk", may: ["get pods"], mayNot: ["get pods/log", "create jobs.batch", ...NOBODY] },
  { who: "millrace-auditors", may: READING_ALL, mayNot: [...WRITING_ALL, ...NOBODY_CLUSTER_WIDE] },

  { who: "millrace-plan", in: "models-risk", may: ["get pods"], mayNot: ["get pods/log", ...PROMOTING, ...NOBODY] },
  { who: "millrace-plan", may: READING_ALL, mayNot: [...WRITING_ALL, ...NOBODY_CLUSTER_WIDE] },

  { who: "team-risk:jobs", in: "team-risk", mayNot: ["get pods", "create jobs.batch", "get configmaps", ...NOBODY] },
  { who: "team-risk:jobs", in: "models-risk", mayNot: ["get pods", ...PROMOTING] },
  { who: "team-risk:jobs", mayNot: ["list pods", ...NOBODY_CLUSTER_WIDE] },

  { who: "other-data-scientists", in: "team-risk", mayNot: ["get pods", "create jobs.batch"] },
  { who: "other-ml-engineers", in: "models-risk", mayNot: ["get pods", ...PROMOTING] },
  { who: "strangers", in: "models-risk", mayNot: ["get pods", "list rollouts.argoproj.io"] },
];

/** Who may ask the Kubernetes API what, and who may not. */
export const ACCESS_CASES: readonly AccessCase[] = ROWS.flatMap(casesOf);
