/** One rule of a Kubernetes role. */
export interface RoleRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const READ = ["get", "list", "watch"];
const WRITE = [...READ, "create", "update", "patch", "delete"];

/** Jobs through the queue, and what a run leaves behind. Pods are read only: a pod made by hand would go round the queue. */
export function training(): RoleRule[] {
  return [
    { apiGroups: ["batch"], resources: ["jobs"], verbs: WRITE },
    { apiGroups: ["trainer.kubeflow.org"], resources: ["trainjobs"], verbs: WRITE },
    { apiGroups: [""], resources: ["configmaps"], verbs: WRITE },
    { apiGroups: [""], resources: ["pods", "pods/log", "events"], verbs: READ },
    { apiGroups: ["kueue.x-k8s.io"], resources: ["localqueues", "workloads"], verbs: READ },
  ];
}

/** How models and their releases are doing. */
export function readingModels(): RoleRule[] {
  return [
    { apiGroups: [""], resources: ["pods", "pods/log", "services", "events"], verbs: READ },
    { apiGroups: ["argoproj.io"], resources: ["rollouts", "analysisruns", "analysistemplates"], verbs: READ },
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: READ },
    { apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: READ },
  ];
}

/**
 * Promote and abort are patches of the status of a Rollout; its spec stays with Pulumi, so that nobody releases a version that stands
 * in no release file.
 */
export function operatingModels(): RoleRule[] {
  return [...readingModels(), { apiGroups: ["argoproj.io"], resources: ["rollouts/status"], verbs: ["patch", "update"] }];
}
