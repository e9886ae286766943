import { type Address, type Mutant, set } from "./mutant.ts";

/** A bad change that the policy pack must find in a rehearsal. */
export interface RehearsedMutant extends Mutant {
  /** Id of the rule that must find it. */
  rule: string;
}

const at = (type: string, name: string): Address => ({ type, name });

const rollout = at("kubernetes:argoproj.io/v1alpha1:Rollout", "fraud-rollout");
const CONTAINER = ["spec", "template", "spec", "containers", 0] as const;

/** One for each family of rules. */
export const MUTANTS: readonly RehearsedMutant[] = [
  {
    rule: "S3-01",
    layer: "foundation",
    what: "a bucket of models that may become public",
    resource: at("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "models-private"),
    change: set(["blockPublicPolicy"], false),
  },
  {
    rule: "DB-02",
    layer: "foundation",
    what: "a database that the internet reaches",
    resource: at("aws:rds/instance:Instance", "tracking-database"),
    change: set(["publiclyAccessible"], true),
  },
  {
    rule: "KMS-01",
    layer: "foundation",
    what: "a key that is never renewed",
    resource: at("aws:kms/key:Key", "data-key"),
    change: set(["enableKeyRotation"], false),
  },
  {
    rule: "IAM-02",
    layer: "foundation",
    what: "a role that repositories of a similar name may take",
    resource: at("aws:iam/role:Role", "ci-deploy"),
    change: set(["assumeRolePolicy"], (policy: string) =>
      policy.replace('"StringEquals"', '"StringLike"').replaceAll('"repo:', '"repo:*'),
    ),
  },
  {
    rule: "AUD-01",
    layer: "foundation",
    what: "a record of changes that can be forged",
    resource: at("aws:cloudtrail/trail:Trail", "audit-trail"),
    change: set(["enableLogFileValidation"], false),
  },
  {
    rule: "RUN-02",
    layer: "foundation",
    what: "a runner that writes down nothing",
    resource: at("aws:codebuild/project:Project", "ci-runner"),
    change: set(["logsConfig", "cloudwatchLogs", "status"], "DISABLED"),
  },
  {
    rule: "OBS-02",
    layer: "platform",
    what: "alerts that reach nobody",
    resource: at("kubernetes:helm.sh/v3:Release", "monitoring-stack"),
    change: set(["values", "alertmanager", "enabled"], false),
  },
  {
    rule: "CTL-02",
    layer: "platform",
    what: "a controller whose objects go with it",
    resource: at("kubernetes:helm.sh/v3:Release", "certificates-controller"),
    change: set(["values", "crds", "keep"], false),
  },
  {
    rule: "PII-01",
    layer: "foundation",
    what: "predictions that are kept for ten years",
    resource: at("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "predictions-lifecycle"),
    change: set(["rules"], (rules: any[]) =>
      rules.map((rule) => (rule.expiration?.days === undefined ? rule : { ...rule, expiration: { days: 3650 } })),
    ),
  },
  {
    rule: "REL-01",
    layer: "foundation",
    what: "a database that a slip deletes",
    resource: at("aws:rds/instance:Instance", "tracking-database"),
    change: (_, opts) => {
      opts.protect = false;
    },
  },
  {
    rule: "AWS-01",
    layer: "foundation",
    what: "a provider for every account",
    resource: at("pulumi:providers:aws", "aws"),
    change: set(["allowedAccountIds"], "[]"),
  },
  {
    rule: "COST-01",
    layer: "foundation",
    what: "default tags without a cost center",
    resource: at("pulumi:providers:aws", "aws"),
    change: set(["defaultTags"], (json: string) => {
      const { "cost-center": _, ...tags } = JSON.parse(json).tags;
      return JSON.stringify({ tags });
    }),
  },
  {
    rule: "EKS-06",
    layer: "platform",
    what: "a cluster whose access a ConfigMap can change",
    resource: at("aws:eks/cluster:Cluster", "cluster"),
    change: set(["accessConfig", "authenticationMode"], "API_AND_CONFIG_MAP"),
  },
  {
    rule: "NET-01",
    layer: "platform",
    what: "a database port that is open to every address",
    resource: at("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "database-from-cluster"),
    change: (inputs) => {
      delete inputs["referencedSecurityGroupId"];
      inputs["cidrIpv4"] = "0.0.0.0/0";
    },
  },
  {
    rule: "SEC-02",
    layer: "platform",
    what: "a password in a variable",
    resource: at("kubernetes:apps/v1:Deployment", "tracking-server"),
    change: set([...CONTAINER, "env"], (env: object[]) => [...env, { name: "SMTP_PASSWORD", value: "q7Rk9sLw2mXvB4tZ" }]),
  },
  {
    rule: "GPU-03",
    layer: "platform",
    what: "4,096 GPUs in a pool",
    resource: at("kubernetes:karpenter.sh/v1:NodePool", "training"),
    change: set(["spec", "limits", "nvidia.com/gpu"], "4096"),
  },
  {
    rule: "RES-01",
    layer: "workloads",
    what: "resources in a region where the environment may not run",
    resource: at("pulumi:providers:aws", "aws"),
    change: set(["region"], "ap-southeast-2"),
  },
  {
    rule: "K8S-01",
    layer: "workloads",
    what: "a namespace that admits privileged pods",
    resource: at("kubernetes:core/v1:Namespace", "risk-models"),
    change: set(["metadata", "labels", "pod-security.kubernetes.io/enforce"], "privileged"),
  },
  {
    rule: "IMG-01",
    layer: "workloads",
    what: "the tag `latest`",
    resource: rollout,
    change: set([...CONTAINER, "image"], "model-server:latest"),
  },
  {
    rule: "MESH-04",
    layer: "workloads",
    what: "failed answers asked for again",
    resource: at("kubernetes:networking.istio.io/v1:VirtualService", "fraud-root"),
    change: set(["spec", "http", 0, "retries", "retryOn"], "connect-failure,5xx"),
  },
  {
    rule: "CAN-04",
    layer: "workloads",
    what: "a release whose last share is not measured",
    resource: rollout,
    change: set(["spec", "strategy", "canary", "steps"], (steps: object[]) => steps.slice(0, -1)),
  },
];
