/** Pulumi's types of Kubernetes objects that several rules look at. */

export const NAMESPACE = "kubernetes:core/v1:Namespace";
export const SERVICE = "kubernetes:core/v1:Service";
export const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
export const ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout";

export const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";
export const NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass";

export const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
export const SECRET = "kubernetes:core/v1:Secret";
export const SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount";
export const RESOURCE_QUOTA = "kubernetes:core/v1:ResourceQuota";
export const LIMIT_RANGE = "kubernetes:core/v1:LimitRange";
export const CRON_JOB = "kubernetes:batch/v1:CronJob";
export const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
export const PROMETHEUS_RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";
