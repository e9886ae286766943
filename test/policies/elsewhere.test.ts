import { expect, it } from "vitest";
import { RULES, RULES_ELSEWHERE } from "#policies/catalogue";
import type { Resource } from "#policies/resource";
import { found, of, ruleOf } from "./harness.ts";

/** What a rule finds in a program whose author gave the pack no config. */
const inOthers = (id: string, ...resources: Resource[]): string[] =>
  resources.flatMap((each) => found(id, "check" in ruleOf(id) ? each : [each], ruleOf(id).elsewhere));

const pod = { metadata: { namespace: "web" }, spec: { containers: [{ name: "web", image: "nginx:1.29" }] } };
const EXPIRING = {
  enabled: true,
  abortIncompleteMultipartUploadDays: 1,
  noncurrentVersionExpiration: { days: 7 },
  expiration: { days: 30 },
};
const model = {
  spec: { template: { spec: { containers: [{ name: "a", env: [{ name: "MODEL_URI", value: "models:/a/1" }] }] } } },
};
const queue = { spec: { resourceGroups: [{ flavors: [{ name: "spot", resources: [] }] }], namespaceSelector: {} } };

it.each([
  ["a budget of a network", "COST-01", of("aws:ec2/vpc:Vpc", "vpc", {})],
  ["another region", "RES-01", of("aws:ec2/subnet:Subnet", "subnet", { region: "us-west-2", availabilityZone: "us-west-2a" })],
  ["a registry", "IMG-02", of("kubernetes:core/v1:Pod", "web", pod)],
  ["a lock of a bucket with a common name", "S3-09", of("aws:s3/bucket:Bucket", "release-notes", {})],
  [
    "the name of whoever administers its cluster",
    "EKS-08",
    of("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "admins", {
      principalArn: "arn:aws:iam::123456789012:role/ops",
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      accessScope: { type: "cluster" },
    }),
  ],
  ["the account of a provider", "AWS-01", of("pulumi:providers:aws", "aws", {})],
  ["a large group of machines", "COST-03", of("aws:autoscaling/group:Group", "web", { minSize: 10, maxSize: 100 })],
  [
    "nodes that AWS does not take back",
    "EKS-20",
    of("aws:eks/nodeGroup:NodeGroup", "web", { capacityType: "SPOT", labels: { "millrace.dev/pool": "system" } }),
  ],
  ["a digest by the name of Millrace's variable", "CAN-11", of("kubernetes:apps/v1:Deployment", "model", model)],
  [
    "two replicas that it did not write",
    "CTL-01",
    of("kubernetes:helm.sh/v3:Release", "cert-manager", { chart: "cert-manager" }),
  ],
  ["a trail for a bucket with a common name", "AUD-01", of("aws:s3/bucket:Bucket", "app-state", {})],
  ["a smaller machine", "GPU-02", of("aws:ec2/instance:Instance", "train", { instanceType: "p4d.24xlarge" })],
  [
    "fewer nodes",
    "GPU-03",
    of("aws:eks/nodeGroup:NodeGroup", "train", { instanceTypes: ["g5.xlarge"], scalingConfig: { minSize: 1, maxSize: 99 } }),
  ],
  [
    "two replicas in a namespace of ours",
    "K8S-07",
    of("kubernetes:apps/v1:Deployment", "mlflow", { ...pod, metadata: { namespace: "mlflow" }, spec: { template: pod } }),
  ],
  [
    "a Service of its own pods",
    "K8S-13",
    of("kubernetes:core/v1:Service", "db", { spec: { type: "ExternalName", externalName: "db.example.com" } }),
  ],
  ["network policies that it does not have", "K8S-09", of("aws:eks/addon:Addon", "cni", { addonName: "vpc-cni" })],
  [
    "whose routes a role writes",
    "K8S-05",
    of("kubernetes:rbac.authorization.k8s.io/v1:Role", "ci", {
      metadata: { name: "ci", namespace: "models-a" },
      rules: [{ apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: ["update"] }],
    }),
  ],
  [
    "whose account a binding names",
    "K8S-05",
    of("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "ci", {
      metadata: { name: "ci", namespace: "web" },
      roleRef: { kind: "Role", name: "ci" },
      subjects: [{ kind: "ServiceAccount", name: "ci", namespace: "team-a" }],
    }),
  ],
  [
    "an age of objects in a bucket with a common name",
    "S3-05",
    of("aws:s3/bucket:Bucket", "web-models", { lifecycleRules: [EXPIRING] }),
  ],
  ["a tag of a bucket with a common name", "PII-01", of("aws:s3/bucket:Bucket", "predictions", {})],
])("a program of others is not asked for %s", (_, id, resource) => {
  expect(inOthers(id, resource)).toEqual([]);
  expect(found(id, [resource]), "with the parameters of prod").not.toEqual([]);
});

it("a program of others whose region nobody knows is not asked for zones", () => {
  expect(inOthers("RES-01", of("aws:ec2/subnet:Subnet", "subnet", { availabilityZoneId: "usw2-az1" }))).toEqual([]);
});

it("the rules for other programs hold there with the parameters of a pack without a config", () => {
  for (const [at, rule] of RULES.entries()) {
    const { parameters, ...same } = RULES_ELSEWHERE[at]!;
    const own = rule.elsewhere ?? rule.parameters?.prod;
    expect(parameters).toEqual(own && { dev: own, staging: own, prod: own });
    expect(same.id).toBe(rule.id);
  }
  expect(RULES.filter(({ elsewhere }) => elsewhere !== undefined).length).toBeGreaterThan(3);
});

it("a queue of others may hand out flavors that another stack makes", () => {
  const queues = of("kubernetes:kueue.x-k8s.io/v1beta1:ClusterQueue", "queue", queue);
  expect(inOthers("GPU-11", queues).filter((each) => each.startsWith("spec.resourceGroups"))).toEqual([]);
});
