import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { DENY_ALL, type Destination, destination, TO_AWS, TO_DNS, TO_POD_IDENTITY, toPods } from "../egress.ts";
import { GPU } from "../labels.ts";
import { RESERVED_PRIORITIES } from "../placement.ts";
import { anyText, fields, label, listOf, mapOf, optional, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";

export interface FencedNamespaceArgs {
  /** Name of the namespace. */
  namespace: string;

  /** Labels by which others select it: queues, policies, monitors. */
  labels: Record<string, string>;

  /** Most GPUs that its pods may ask for at one time. */
  gpus: number;

  /** Most pods. @default 200 */
  pods?: number;

  /**
   * What its pods may call, beside their neighbours, names and AWS; one entry a namespace.
   * @default - nothing is reached but by a policy that a workload brings itself
   */
  reaches?: readonly Destination[];
}

/**
 * A namespace in which nothing is allowed that was not asked for: pods run without privileges (Pod Security "restricted"), have requests,
 * and have no network access by default; load balancers and node ports are not allowed.
 *
 * @throws {pulumi.ResourceError} when a name is not a Kubernetes name or a number is not a whole one.
 */
export class FencedNamespace extends Component {
  static override readonly shape = fields<FencedNamespaceArgs>({
    namespace: label,
    labels: mapOf(anyText),
    gpus: wholeNumber({ min: 0 }),
    pods: optional(wholeNumber({ min: 1 })),
    reaches: optional(listOf(destination)),
  });

  /** What lives in it depends on it, so that it goes last. */
  readonly namespace: k8s.core.v1.Namespace;

  constructor(name: string, args: FencedNamespaceArgs, opts?: ComponentOptions) {
    super("teams:FencedNamespace", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    this.namespace = new k8s.core.v1.Namespace(
      name,
      { metadata: { name: args.namespace, labels: { ...args.labels, ...podSecurity() } } },
      child,
    );
    const namespace = this.namespace.metadata.name;
    new k8s.core.v1.ResourceQuota(`${name}-quota`, { metadata: { name: "quota", namespace }, spec: quota(args) }, child);
    new k8s.core.v1.ResourceQuota(
      `${name}-priorities`,
      { metadata: { name: "priorities", namespace }, spec: noReservedPriority },
      child,
    );
    new k8s.core.v1.LimitRange(`${name}-limits`, { metadata: { name: "limits", namespace }, spec: limits() }, child);
    new k8s.networking.v1.NetworkPolicy(
      `${name}-default-deny`,
      { metadata: { name: "default-deny", namespace }, spec: DENY_ALL },
      child,
    );
    if (args.reaches !== undefined) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-reach`,
        { metadata: { name: "reach", namespace }, spec: reach(args.reaches) },
        child,
      );
    }

    this.registerOutputs({ namespace });
  }
}

function validate({ reaches = [] }: FencedNamespaceArgs, on: pulumi.Resource): void {
  check.distinct(
    "reaches",
    reaches.map((each) => each.namespace),
    on,
  );
}

/** Kubernetes documentation, "Enforce Pod Security Standards with Namespace Labels". */
const podSecurity = () => ({
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
});

/** What comes in comes through the mesh's gateway: a load balancer or a node port of its own would go round it. */
const quota = ({ gpus, pods = 200 }: FencedNamespaceArgs) => ({
  hard: {
    pods: String(pods),
    [`requests.${GPU}`]: String(gpus),
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  },
});

/** A pod with a priority of the platform's would push the platform off its nodes (Kubernetes documentation, "Limit Priority Class consumption"). */
const noReservedPriority = {
  hard: { pods: "0" },
  scopeSelector: {
    matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: [...RESERVED_PRIORITIES] }],
  },
};

/**
 * For containers that say nothing, so that quotas and the scheduler count them. No default limit: the API server would put it beside a
 * larger request of the container's own, and refuse the pod.
 */
const limits = () => ({ limits: [{ type: "Container", defaultRequest: { cpu: "100m", memory: "128Mi" } }] });

const reach = (destinations: readonly Destination[]) => ({
  podSelector: {},
  policyTypes: ["Ingress", "Egress"],
  // Workers of one distributed job talk to each other.
  ingress: [{ from: [{ podSelector: {} }] }],
  egress: [{ to: [{ podSelector: {} }] }, TO_DNS, TO_POD_IDENTITY, TO_AWS, ...destinations.map(toPods)],
});
