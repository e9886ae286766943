import { expect, it } from "vitest";
import { STATEFUL } from "#promotion/gates/stateful-types";
import { type RecordedStack, STACKS, stackOf } from "../../harness/stacks.ts";

/** Types that can be made again from the program and from what STATEFUL holds; settings of a store, a key or a database are among them. */
const REMADE: ReadonlySet<string> = new Set(
  `
aws:autoscaling/attachment:Attachment
aws:autoscaling/group:Group
aws:budgets/budget:Budget
aws:cloudwatch/eventRule:EventRule
aws:cloudwatch/eventTarget:EventTarget
aws:codebuild/project:Project
aws:codebuild/webhook:Webhook
aws:ec2/defaultSecurityGroup:DefaultSecurityGroup
aws:ec2/eip:Eip
aws:ec2/flowLog:FlowLog
aws:ec2/internetGateway:InternetGateway
aws:ec2/launchTemplate:LaunchTemplate
aws:ec2/natGateway:NatGateway
aws:ec2/route:Route
aws:ec2/routeTable:RouteTable
aws:ec2/routeTableAssociation:RouteTableAssociation
aws:ec2/securityGroup:SecurityGroup
aws:ec2/subnet:Subnet
aws:ec2/vpc:Vpc
aws:ec2/vpcEndpoint:VpcEndpoint
aws:ecr/lifecyclePolicy:LifecyclePolicy
aws:eks/accessEntry:AccessEntry
aws:eks/accessPolicyAssociation:AccessPolicyAssociation
aws:eks/addon:Addon
aws:eks/nodeGroup:NodeGroup
aws:eks/podIdentityAssociation:PodIdentityAssociation
aws:iam/instanceProfile:InstanceProfile
aws:iam/openIdConnectProvider:OpenIdConnectProvider
aws:iam/policy:Policy
aws:iam/role:Role
aws:iam/rolePolicy:RolePolicy
aws:iam/rolePolicyAttachment:RolePolicyAttachment
aws:iam/serviceLinkedRole:ServiceLinkedRole
aws:kms/alias:Alias
aws:lb/listener:Listener
aws:lb/loadBalancer:LoadBalancer
aws:lb/targetGroup:TargetGroup
aws:rds/parameterGroup:ParameterGroup
aws:rds/subnetGroup:SubnetGroup
aws:route53/record:Record
aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration
aws:s3/bucketLogging:BucketLogging
aws:s3/bucketNotification:BucketNotification
aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration
aws:s3/bucketOwnershipControls:BucketOwnershipControls
aws:s3/bucketPolicy:BucketPolicy
aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock
aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration
aws:s3/bucketVersioning:BucketVersioning
aws:sqs/queue:Queue
aws:sqs/queuePolicy:QueuePolicy
aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule
aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule
kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy
kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding
kubernetes:apps/v1:Deployment
kubernetes:argoproj.io/v1alpha1:AnalysisTemplate
kubernetes:argoproj.io/v1alpha1:Rollout
kubernetes:autoscaling/v2:HorizontalPodAutoscaler
kubernetes:batch/v1:CronJob
kubernetes:batch/v1:Job
kubernetes:cert-manager.io/v1:Certificate
kubernetes:cert-manager.io/v1:Issuer
kubernetes:core/v1:ConfigMap
kubernetes:core/v1:LimitRange
kubernetes:core/v1:ResourceQuota
kubernetes:core/v1:Secret
kubernetes:core/v1:Service
kubernetes:core/v1:ServiceAccount
kubernetes:external-secrets.io/v1:ClusterSecretStore
kubernetes:generators.external-secrets.io/v1alpha1:Password
kubernetes:karpenter.k8s.aws/v1:EC2NodeClass
kubernetes:karpenter.sh/v1:NodePool
kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue
kubernetes:kueue.x-k8s.io/v1beta2:Cohort
kubernetes:kueue.x-k8s.io/v1beta2:LocalQueue
kubernetes:kueue.x-k8s.io/v1beta2:ResourceFlavor
kubernetes:kueue.x-k8s.io/v1beta2:WorkloadPriorityClass
kubernetes:monitoring.coreos.com/v1:PodMonitor
kubernetes:monitoring.coreos.com/v1:PrometheusRule
kubernetes:monitoring.coreos.com/v1:ServiceMonitor
kubernetes:networking.istio.io/v1:Gateway
kubernetes:networking.istio.io/v1:VirtualService
kubernetes:networking.istio.io/v1alpha3:EnvoyFilter
kubernetes:networking.k8s.io/v1:NetworkPolicy
kubernetes:policy/v1:PodDisruptionBudget
kubernetes:rbac.authorization.k8s.io/v1:ClusterRole
kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding
kubernetes:rbac.authorization.k8s.io/v1:Role
kubernetes:rbac.authorization.k8s.io/v1:RoleBinding
kubernetes:scheduling.k8s.io/v1:PriorityClass
kubernetes:storage.k8s.io/v1:StorageClass
random:index/randomId:RandomId
`
    .trim()
    .split("\n"),
);

/** All resources of all environments. One stack after the other: a process runs one at a time. */
async function resources() {
  const found: (RecordedStack["resources"][number] & { environment: string })[] = [];
  for (const { layer, environment } of STACKS) {
    const { resources: own } = await stackOf(layer, environment);
    found.push(
      ...own.filter(({ custom, type }) => custom && !type.startsWith("pulumi:")).map((each) => ({ ...each, environment })),
    );
  }
  return found;
}

it("every type of every planned environment either holds data, or can be made again", async () => {
  const types = new Set((await resources()).map(({ type }) => type));
  expect([...types].filter((type) => STATEFUL.has(type) === REMADE.has(type)).sort()).toEqual([]);
  // A type that left the stacks leaves this list too.
  expect([...REMADE].filter((type) => !types.has(type))).toEqual([]);
});

/** Protected, or kept on deletion, because a component that holds data passes it on to all that it has, or because they are in use elsewhere. */
const PASSED_ON: ReadonlyMap<string, string> = new Map([
  ["aws:ec2/securityGroup:SecurityGroup", "of the database or the cluster"],
  ["aws:ecr/lifecyclePolicy:LifecyclePolicy", "settings of a repository"],
  ["aws:iam/role:Role", "of the cluster or the audit trail"],
  ["aws:iam/rolePolicy:RolePolicy", "of the cluster or the audit trail"],
  ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "of the cluster or the audit trail"],
  ["aws:iam/serviceLinkedRole:ServiceLinkedRole", "one for the account: other programs use it"],
  ["aws:kms/alias:Alias", "another name of a key"],
  ["aws:rds/subnetGroup:SubnetGroup", "settings of the database"],
  ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "settings of a bucket"],
  ["aws:s3/bucketLogging:BucketLogging", "settings of a bucket"],
  ["aws:s3/bucketNotification:BucketNotification", "settings of a bucket"],
  ["aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "settings of a bucket"],
  ["aws:s3/bucketOwnershipControls:BucketOwnershipControls", "settings of a bucket"],
  ["aws:s3/bucketPolicy:BucketPolicy", "settings of a bucket"],
  ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "settings of a bucket"],
  ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "settings of a bucket"],
  ["aws:s3/bucketVersioning:BucketVersioning", "settings of a bucket"],
  ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "of the database or the cluster"],
]);

it("what the stacks protect holds data, or is protected with something that does", async () => {
  const kept = (await resources()).filter(({ protect, retainOnDelete }) => protect || retainOnDelete);
  const types = [...new Set(kept.map(({ type }) => type))].sort();
  expect(types.filter((type) => STATEFUL.has(type) === PASSED_ON.has(type))).toEqual([]);
  expect([...PASSED_ON.keys()].filter((type) => !types.includes(type))).toEqual([]);
});

it.each([
  "aws:rds/instance:Instance",
  "aws:s3/bucket:Bucket",
  "aws:kms/key:Key",
  "aws:eks/cluster:Cluster",
  "aws:route53/zone:Zone",
])("%s is protected in staging and prod, and holds data", async (type) => {
  const own = (await resources()).filter((each) => each.type === type);
  expect(new Set(own.map(({ environment }) => environment)).size).toBe(3);
  expect(own.every(({ environment, protect }) => protect === (environment !== "dev"))).toBe(true);
  expect(STATEFUL.get(type)).not.toBeUndefined();
});
