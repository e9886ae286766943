import type { Fault } from "../findings.ts";
import { at, bag, bags, flag, isSet, text, texts } from "../read.ts";
import type { Resource } from "../resource.ts";
import { isInside, knownAccounts, outsiders, type Trusted } from "./outsiders.ts";
import { statementsOf } from "./policy-document.ts";

/** Policies that lie with a resource and say who may use it: the property with the document, by type. Buckets and keys have rules of their own. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  "aws:acmpca/policy:Policy": "policy",
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
  "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": "policyDocument",
  "aws:codebuild/resourcePolicy:ResourcePolicy": "policy",
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:ecr/registryPolicy:RegistryPolicy": "policy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
  "aws:elasticsearch/domain:Domain": "accessPolicies",
  "aws:elasticsearch/domainPolicy:DomainPolicy": "accessPolicies",
  "aws:glacier/vault:Vault": "accessPolicy",
  "aws:glue/resourcePolicy:ResourcePolicy": "policy",
  "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
  "aws:mediastore/containerPolicy:ContainerPolicy": "policy",
  "aws:msk/clusterPolicy:ClusterPolicy": "policy",
  "aws:opensearch/domain:Domain": "accessPolicies",
  "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
  "aws:redshift/resourcePolicy:ResourcePolicy": "policy",
  "aws:redshiftserverless/resourcePolicy:ResourcePolicy": "policy",
  "aws:s3/accessPoint:AccessPoint": "policy",
  "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
  "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
  "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
  "aws:secretsmanager/secret:Secret": "policy",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:ses/identityPolicy:IdentityPolicy": "policy",
  "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
  "aws:sns/topic:Topic": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:sqs/queue:Queue": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
};

/** Somebody whom a resource names without a document, and the property that does. */
type Share = [property: string, principal: string];

/** @param properties paths, with dots. */
const sharesAt =
  (...properties: string[]) =>
  ({ inputs }: Resource): Share[] =>
    properties.flatMap((property) => texts(inputs, ...property.split(".")).map((principal): Share => [property, principal]));

/** A permission of a function or event bus is one statement, written as arguments. */
const permission = ({ inputs }: Resource): Share[] => {
  const principal = text(inputs, "principal") ?? "";
  const isService = principal.endsWith(".amazonaws.com");
  const isNarrow = ["sourceAccount", "sourceArn", "principalOrgId", "organizationId", "condition"].some((each) =>
    isSet(inputs, each),
  );
  return principal === "" || isNarrow ? [] : [["principal", isService ? `${principal} for any account` : principal]];
};

/** Shares of snapshots, images, functions and networks, by type. `all` and `*` mean everybody. */
const SHARES: Readonly<Record<string, (resource: Resource) => Share[]>> = {
  "aws:cloudwatch/eventPermission:EventPermission": permission,
  "aws:ec2/amiLaunchPermission:AmiLaunchPermission": sharesAt("group", "accountId"),
  "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": sharesAt("accountId"),
  "aws:ec2/vpcEndpointService:VpcEndpointService": sharesAt("allowedPrincipals"),
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": sharesAt("peerOwnerId"),
  "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": sharesAt("principalArn"),
  "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": sharesAt("peerAccountId"),
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": ({ inputs }) =>
    bags(inputs, "replicationConfiguration", "rules").flatMap((rule, index) =>
      bags(rule, "destinations").flatMap((each, place) =>
        texts(each, "registryId").map(
          (account): Share => [`replicationConfiguration.rules.${index}.destinations.${place}.registryId`, account],
        ),
      ),
    ),
  "aws:eks/accessEntry:AccessEntry": sharesAt("principalArn"),
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": sharesAt("principalArn"),
  // A role of another account that pods go on to.
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": sharesAt("targetRoleArn"),
  "aws:kms/grant:Grant": sharesAt("granteePrincipal", "retiringPrincipal"),
  "aws:lambda/layerVersionPermission:LayerVersionPermission": permission,
  "aws:lambda/permission:Permission": permission,
  "aws:ram/principalAssociation:PrincipalAssociation": sharesAt("principal"),
  "aws:ram/resourceShare:ResourceShare": ({ inputs }) =>
    flag(inputs, "allowExternalPrincipals") === true ? [["allowExternalPrincipals", "any account"]] : [],
  "aws:rds/clusterSnapshot:ClusterSnapshot": sharesAt("sharedAccounts"),
  "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": sharesAt("sharedAccounts"),
  "aws:rds/snapshot:Snapshot": sharesAt("sharedAccounts"),
  "aws:rds/snapshotCopy:SnapshotCopy": sharesAt("sharedAccounts"),
  "aws:redshift/dataShareAuthorization:DataShareAuthorization": sharesAt("consumerIdentifier"),
  "aws:redshift/endpointAuthorization:EndpointAuthorization": sharesAt("account"),
  "aws:s3/analyticsConfiguration:AnalyticsConfiguration": sharesAt(
    "storageClassAnalysis.dataExport.destination.s3BucketDestination.bucketAccountId",
  ),
  "aws:s3/inventory:Inventory": sharesAt("destination.bucket.accountId"),
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": ({ inputs }) =>
    bags(inputs, "rules").flatMap((rule, index): Share[] =>
      texts(rule, "destination", "account").map((account) => [`rules.${index}.destination.account`, account]),
    ),
  "aws:servicecatalog/portfolioShare:PortfolioShare": sharesAt("principalId"),
  "aws:ssm/document:Document": ({ inputs }) =>
    texts(bag(inputs, "permissions"), "accountIds")
      .flatMap((accounts) => accounts.split(","))
      .map((account): Share => ["permissions.accountIds", account.trim()]),
};

/** Types that say who may use a resource. */
export const SHARED: readonly string[] = [...Object.keys(DOCUMENTS), ...Object.keys(SHARES)];

/** Principals of other accounts, and everybody, whom the policy of a resource admits. */
export function strangers(resource: Resource, trusted: Trusted): Fault[] {
  const known = knownAccounts(resource, trusted);
  const property = DOCUMENTS[resource.type] ?? "policy";
  const named = SHARES[resource.type]?.(resource).filter(([, who]) => !isKnown(who, known)) ?? [];
  return [
    ...statementsOf(at(resource.inputs, property), property).flatMap((statement, index) =>
      outsiders(statement, known).map((got) => fault(resource, `${property}.Statement.${index}.Principal`, got)),
    ),
    ...named.map(([path, got]) => fault(resource, path, got)),
  ];
}

const isKnown = (who: string, known: readonly string[]): boolean =>
  !/^all$|(^| for )any account$/i.test(who) && (who.startsWith("arn:aws:organizations:") || isInside(who, known));

const fault = (resource: Resource, property: string, got: string): Fault => ({
  resource,
  property,
  got,
  want: "principals of known accounts",
});
