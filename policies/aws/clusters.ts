import { NODE_CLASS } from "../kubernetes/types.ts";
import { bag } from "../read.ts";
import type { Resource } from "../resource.ts";
import { CLUSTER, NODE_GROUP } from "./types.ts";

export const SUBNET = "aws:ec2/subnet:Subnet";

/** Tags by which Kubernetes and Karpenter find the subnets of a cluster (EKS user guide, "Amazon EKS networking requirements"). */
const OF_A_CLUSTER = /^(kubernetes\.io\/|karpenter\.sh\/)/;

/** Whether nodes of Kubernetes run here, or in a network that is made here for them. */
export const hostNodes = (resources: readonly Resource[]): boolean =>
  resources.some(
    ({ type, inputs }) =>
      [CLUSTER, NODE_GROUP, NODE_CLASS].includes(type) ||
      (type === SUBNET && Object.keys(bag(inputs, "tags")).some((tag) => OF_A_CLUSTER.test(tag))),
  );
