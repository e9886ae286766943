import type { Values } from "#components/pods/workload";
import { selects } from "#scripts/charts/facts";

/** A pod, as network policies look at it. */
export interface Pod {
  namespace: string;
  namespaceLabels: Record<string, string>;
  labels: Record<string, string>;
}

/** A NetworkPolicy of a namespace. */
export interface Policy {
  namespace: string;
  spec: Values;
}

/**
 * Whether network policies let one pod call another on a TCP port. Both sides decide: each is open while no policy of its direction
 * selects the pod, and else needs one that allows the call (Kubernetes documentation, "Network Policies").
 */
export function mayCall(policies: readonly Policy[], from: Pod, to: Pod, port: number): boolean {
  return (
    allows(policies, { pod: from, direction: "Egress", peer: to, port }) &&
    allows(policies, { pod: to, direction: "Ingress", peer: from, port })
  );
}

interface Side {
  pod: Pod;
  direction: "Egress" | "Ingress";
  peer: Pod;
  port: number;
}

function allows(policies: readonly Policy[], { pod, direction, peer, port }: Side): boolean {
  const own = policies
    .filter(({ namespace, spec }) => namespace === pod.namespace && selects(spec["podSelector"], pod.labels))
    .filter(({ spec }) => spec["policyTypes"].includes(direction));
  const [rules, peers] = direction === "Egress" ? ["egress", "to"] : ["ingress", "from"];
  return (
    own.length === 0 ||
    own.some(({ namespace, spec }) =>
      (spec[rules] ?? []).some(
        (rule: Values) => opens(rule["ports"], port) && (rule[peers] === undefined || rule[peers].some(means(peer, namespace))),
      ),
    )
  );
}

const opens = (ports: Values[] | undefined, port: number): boolean =>
  ports === undefined || ports.some((each) => each["protocol"] !== "UDP" && each["port"] === port);

/** Whether a peer of a rule means a pod. An address range never does: no address of a pod is known before it runs. */
const means =
  (pod: Pod, own: string) =>
  ({ ipBlock, namespaceSelector, podSelector }: Values): boolean =>
    ipBlock === undefined &&
    (namespaceSelector === undefined ? pod.namespace === own : selects(namespaceSelector, pod.namespaceLabels)) &&
    (podSelector === undefined || selects(podSelector, pod.labels));
