/** Pulumi's types of Kubernetes objects that several rules look at. */

export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const SERVICE = "kubernetes:core/v1:Service";
export const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
export const ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout";

export const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";
export const NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass";
