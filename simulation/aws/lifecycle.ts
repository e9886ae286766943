// What AWS cannot change in place, and what it refuses to delete.

import type { Bag } from "#engine/values";

/** Arguments that AWS never changes in place, whatever the type. */
const IMMUTABLE =
  /^(region|namePrefix|bucketPrefix|identifierPrefix|vpcId|subnetId|availabilityZone|availabilityZoneId|keyUsage|engine|path|clusterName|ecrRepositoryPrefix)$/;

/** The same for one type: its arguments marked "forces new resource" in the provider's documentation. */
const IMMUTABLE_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/vpc:Vpc": ["cidrBlock", "instanceTenancy"],
  "aws:ec2/subnet:Subnet": ["cidrBlock"],
  "aws:ec2/natGateway:NatGateway": ["allocationId", "connectivityType"],
  "aws:ec2/route:Route": ["routeTableId", "destinationCidrBlock"],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ["gatewayId"],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["serviceName", "vpcEndpointType"],
  "aws:ec2/securityGroup:SecurityGroup": ["name", "description"],
  "aws:ec2/flowLog:FlowLog": ["logDestination", "trafficType", "maxAggregationInterval"],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["securityGroupId"],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["securityGroupId"],
  "aws:s3/bucket:Bucket": ["bucket", "objectLockEnabled"],
  "aws:kms/alias:Alias": ["name"],
  "aws:kms/key:Key": ["customerMasterKeySpec", "multiRegion"],
  "aws:rds/instance:Instance": ["username", "dbName", "kmsKeyId", "storageEncrypted", "snapshotIdentifier"],
  "aws:rds/parameterGroup:ParameterGroup": ["name", "family", "description"],
  "aws:ecr/repository:Repository": ["name", "encryptionConfigurations"],
  "aws:eks/cluster:Cluster": ["name", "roleArn", "encryptionConfig", "bootstrapSelfManagedAddons"],
  "aws:eks/nodeGroup:NodeGroup": [
    "nodeGroupName",
    "nodeRoleArn",
    "subnetIds",
    "instanceTypes",
    "amiType",
    "capacityType",
    "diskSize",
  ],
  "aws:eks/addon:Addon": ["addonName"],
  "aws:eks/accessEntry:AccessEntry": ["principalArn", "type"],
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ["principalArn", "policyArn", "accessScope"],
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": ["namespace", "serviceAccount"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["role", "policyArn"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "role"],
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ["url"],
  "aws:cloudwatch/eventTarget:EventTarget": ["rule", "targetId", "eventBusName"],
  "aws:secretsmanager/secretVersion:SecretVersion": ["secretId", "secretString", "secretBinary"],
  "aws:sqs/queue:Queue": ["name", "fifoQueue"],
  "aws:sagemaker/model:Model": [
    "name",
    "primaryContainer",
    "containers",
    "executionRoleArn",
    "enableNetworkIsolation",
    "inferenceExecutionConfig",
    "vpcConfig",
  ],
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": [
    "name",
    "productionVariants",
    "shadowProductionVariants",
    "dataCaptureConfig",
    "asyncInferenceConfig",
    "kmsKeyArn",
    "executionRoleArn",
  ],
  // That there are alarms at all; which of them there are may change.
  "aws:sagemaker/endpoint:Endpoint": ["name", "deploymentConfig.autoRollbackConfiguration"],
  "aws:appautoscaling/target:Target": ["resourceId", "scalableDimension", "serviceNamespace"],
  "aws:appautoscaling/policy:Policy": ["name", "resourceId", "scalableDimension", "serviceNamespace"],
};

/** Whether a change at this path (`encryptionConfig.provider.keyArn`) makes a new resource. */
export function replacing(type: string, path: string): boolean {
  const [argument = ""] = path.split(/[.[]/);
  const named = IMMUTABLE_OF_TYPE[type];
  return (
    IMMUTABLE.test(argument) ||
    (named ? named.includes(argument) || named.includes(path) : argument === "name" || argument === "bucket")
  );
}

/** Why AWS refuses to delete a resource as it stands, or nothing. */
export function undeletable(type: string, outputs: Bag): string | undefined {
  switch (type) {
    case "aws:rds/instance:Instance":
      if (outputs["deletionProtection"] === true) {
        return "InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again";
      }
      return outputs["skipFinalSnapshot"] === true || outputs["finalSnapshotIdentifier"]
        ? undefined
        : "a final snapshot needs 'finalSnapshotIdentifier' unless 'skipFinalSnapshot' is true";
    case "aws:eks/cluster:Cluster":
      return outputs["deletionProtection"] === true
        ? "InvalidRequestException: Cluster has deletion protection; set 'deletionProtection' to false first"
        : undefined;
    case "aws:lb/loadBalancer:LoadBalancer":
      return outputs["enableDeletionProtection"] === true
        ? "OperationNotPermitted: Load balancer cannot be deleted because deletion protection is enabled"
        : undefined;
    default:
      return undefined;
  }
}
