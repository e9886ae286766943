/** Places in the golden stacks, and types. */
export const cluster = { layer: "platform", resource: "cluster", type: "aws:eks/cluster:Cluster" } as const;
export const template = { layer: "platform", resource: "system-nodes-template" } as const;
export const nodeClass = { layer: "platform", resource: "training-class" } as const;

export const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
export const NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass";
