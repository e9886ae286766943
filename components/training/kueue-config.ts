import { LABELS } from "../labels.ts";

/**
 * Configuration of Kueue's manager (`config.kueue.x-k8s.io/v1beta2`). The chart replaces its own default with it as a whole, so
 * ports, leader election, and how much is done at a time are said again.
 */
export function kueueConfiguration(podsReadyMinutes: number) {
  return {
    apiVersion: "config.kueue.x-k8s.io/v1beta2",
    kind: "Configuration",
    health: { healthProbeBindAddress: ":8081" },
    metrics: { bindAddress: ":8443", enableClusterQueueResources: true },
    webhook: { port: 9443 },
    leaderElection: { leaderElect: true, resourceName: "c1f6bfd2.kueue.x-k8s.io" },
    // Without these Kueue works on one object at a time, and asks the API server 20 times a second at most.
    controller: {
      groupKindConcurrency: {
        "Job.batch": 5,
        Pod: 5,
        "Workload.kueue.x-k8s.io": 5,
        "LocalQueue.kueue.x-k8s.io": 1,
        "ClusterQueue.kueue.x-k8s.io": 1,
        "ResourceFlavor.kueue.x-k8s.io": 1,
      },
    },
    clientConnection: { qps: 50, burst: 100 },
    // The two that keep an outage of Kueue inside team namespaces. By default its webhooks fail closed on pods, deployments and
    // stateful sets of the whole cluster: with Kueue down no pod started anywhere, model servers included (measured with 0.18.3).
    integrations: { frameworks: ["batch/job"] },
    managedJobsNamespaceSelector: { matchExpressions: [{ key: LABELS.team, operator: "Exists" }] },
    // A job without queue label goes to the namespace's default queue instead of past all quotas.
    manageJobsWithoutQueueName: true,
    // A quota is checked for what a ClusterQueue covers: processors, memory, GPUs. By default Kueue never admits a job that names any other
    // resource (`vpc.amazonaws.com/efa`, `ephemeral-storage`, huge pages), and any list of exceptions would be too short.
    // Alpha in 0.18: without its gate Kueue ignores the strategy and says nothing.
    featureGates: { QuotaCheckStrategy: true },
    resources: { quotaCheckStrategy: "IgnoreUndeclared" },
    waitForPodsReady: {
      timeout: `${podsReadyMinutes}m`,
      recoveryTimeout: `${podsReadyMinutes}m`,
      blockAdmission: false,
      // No `backoffLimitCount`: after the last attempt a job would be switched off until a human switches it on.
      requeuingStrategy: { timestamp: "Eviction", backoffBaseSeconds: 60, backoffMaxSeconds: 3_600 },
    },
  };
}
