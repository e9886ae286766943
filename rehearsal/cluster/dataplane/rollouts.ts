import { answers, type Process } from "../controlplane/processes.ts";
import { LEASES_NAMESPACE } from "./istiod.ts";

/** Where Argo Rollouts serves its metrics. */
export const ROLLOUTS_METRICS = "127.0.0.1:18090";

/** The controller of Argo Rollouts. Its ports are moved: the default one is 8080 on every address, and pods listen there. */
export function rollouts(command: readonly string[], kubeconfig: string): Process {
  const ports = ["--healthzPort=18081", `--metricsPort=${ROLLOUTS_METRICS.split(":")[1]}`];
  return {
    name: "argo-rollouts",
    command: [...command, `--kubeconfig=${kubeconfig}`, "--istio-api-version=v1", "--logformat=json", ...ports],
    env: { POD_NAMESPACE: LEASES_NAMESPACE },
    ready: () => answers("http://127.0.0.1:18081/healthz"),
  };
}
