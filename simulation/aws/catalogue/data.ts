import type { Template } from "../template.ts";

const BESIDE_BUCKET: Template = { id: "{bucket}" };

/** What AWS answers for what keeps data: objects, databases, images, keys, secrets, backups. */
export const DATA: Readonly<Record<string, Template>> = {
  "s3/bucket": {
    id: "{bucket}",
    arn: "arn:aws:s3:::{bucket}",
    bucketDomainName: "{bucket}.s3.amazonaws.com",
    bucketRegion: "{region}",
    bucketRegionalDomainName: "{bucket}.s3.{region}.amazonaws.com",
    hostedZoneId: "Z{HEX13}",
  },
  "s3/bucketPolicy": BESIDE_BUCKET,
  "s3/bucketVersioning": BESIDE_BUCKET,
  "s3/bucketLogging": BESIDE_BUCKET,
  "s3/bucketNotification": BESIDE_BUCKET,
  "s3/bucketOwnershipControls": BESIDE_BUCKET,
  "s3/bucketPublicAccessBlock": BESIDE_BUCKET,
  "s3/bucketLifecycleConfiguration": { ...BESIDE_BUCKET, transitionDefaultMinimumObjectSize: "all_storage_classes_128K" },
  "s3/bucketServerSideEncryptionConfiguration": BESIDE_BUCKET,
  "s3/bucketObjectLockConfiguration": BESIDE_BUCKET,
  "s3/bucketMetric": { id: "{bucket}:{name}" },
  "s3/bucketIntelligentTieringConfiguration": { id: "{bucket}:{name}" },
  "s3/bucketReplicationConfig": BESIDE_BUCKET,
  "s3/bucketCorsConfiguration": BESIDE_BUCKET,
  "s3/bucketObject": { id: "{key}", etag: "{hex32}", versionId: "{hex32}" },
  "s3/bucketObjectv2": { id: "{key}", etag: "{hex32}", versionId: "{hex32}" },
  "rds/instance": {
    id: "db-{HEX26}",
    arn: "arn:aws:rds:{region}:{account}:db:{identifier}",
    resourceId: "{id}",
    port: ({ port, engine }) => port ?? (String(engine).includes("mysql") ? 3306 : 5432),
    address: "{identifier}.{hex12}.{region}.rds.amazonaws.com",
    endpoint: "{address}:{port}",
    hostedZoneId: "Z{HEX13}",
    status: "available",
    engineVersionActual: ({ engineVersion }) => engineVersion,
    masterUserSecrets: ({ manageMasterUserPassword, masterUserSecretKmsKeyId }, { arn, resourceId }) =>
      manageMasterUserPassword ? [masterSecret(arn, resourceId, masterUserSecretKmsKeyId)] : [],
  },
  "rds/cluster": {
    id: "{clusterIdentifier}",
    arn: "arn:aws:rds:{region}:{account}:cluster:{clusterIdentifier}",
    clusterResourceId: "cluster-{HEX26}",
    port: ({ port }) => port ?? 5432,
    endpoint: "{clusterIdentifier}.cluster-{hex12}.{region}.rds.amazonaws.com",
    readerEndpoint: "{clusterIdentifier}.cluster-ro-{hex12}.{region}.rds.amazonaws.com",
  },
  "rds/subnetGroup": { id: "{name}", arn: "arn:aws:rds:{region}:{account}:subgrp:{name}" },
  "rds/parameterGroup": { id: "{name}", arn: "arn:aws:rds:{region}:{account}:pg:{name}" },
  "ecr/repository": {
    id: "{name}",
    arn: "arn:aws:ecr:{region}:{account}:repository/{name}",
    registryId: "{account}",
    repositoryUrl: "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
  },
  "ecr/lifecyclePolicy": { id: "{repository}", registryId: "{account}" },
  "ecr/repositoryPolicy": { id: "{repository}", registryId: "{account}" },
  "ecr/pullThroughCacheRule": { id: "{ecrRepositoryPrefix}", registryId: "{account}" },
  "ecr/registryPolicy": { id: "{account}", registryId: "{account}" },
  "ecr/registryScanningConfiguration": { id: "{account}", registryId: "{account}" },
  "ecr/repositoryCreationTemplate": { id: "{prefix}", registryId: "{account}" },
  "kms/key": {
    id: "{uuid}",
    arn: "arn:aws:kms:{region}:{account}:key/{id}",
    keyId: "{id}",
    keyUsage: "ENCRYPT_DECRYPT",
    multiRegion: false,
  },
  "kms/alias": {
    id: "{name}",
    arn: "arn:aws:kms:{region}:{account}:{name}",
    targetKeyArn: ({ targetKeyId }, { arn }) =>
      String(targetKeyId).startsWith("arn:") ? targetKeyId : `${String(arn).replace(/:alias\/.*/, "")}:key/${targetKeyId}`,
  },
  "kms/keyPolicy": { id: "{keyId}" },
  "kms/grant": { id: "{keyId}:{hex64}", grantId: "{hex64}", grantToken: "{hex64}" },
  "secretsmanager/secret": { arn: "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{HEX6}", id: "{arn}" },
  "secretsmanager/secretVersion": {
    id: "{secretId}|{uuid}",
    arn: ({ secretId }) => secretId,
    versionId: "{uuid}",
    versionStages: ["AWSCURRENT"],
  },
  "secretsmanager/secretPolicy": { id: "{secretArn}" },
  "secretsmanager/secretRotation": { id: "{secretId}", rotationEnabled: true },
  "ssm/parameter": {
    id: "{name}",
    arn: ({ name }) => `arn:aws:ssm:{region}:{account}:parameter/${String(name).replace(/^\//, "")}`,
    version: 1,
  },
  "backup/vault": { id: "{name}", arn: "arn:aws:backup:{region}:{account}:backup-vault:{name}", recoveryPoints: 0 },
  "backup/plan": { id: "{uuid}", arn: "arn:aws:backup:{region}:{account}:backup-plan:{id}", version: "{hex48}" },
  "backup/selection": { id: "{uuid}" },
  "dynamodb/table": { id: "{name}", arn: "arn:aws:dynamodb:{region}:{account}:table/{name}" },
  "glue/catalogDatabase": {
    id: "{account}:{name}",
    arn: "arn:aws:glue:{region}:{account}:database/{name}",
    catalogId: "{account}",
  },
};

/** The secret that RDS itself makes and rotates for the master user. */
function masterSecret(arn: string, resourceId: string, kmsKeyId: string | undefined): Record<string, string> {
  const secretArn = `${arn.replace(":rds:", ":secretsmanager:").replace(/:db:.*/, "")}:secret:rds!${resourceId.toLowerCase()}-AbCdEf`;
  return {
    secretArn,
    secretStatus: "active",
    kmsKeyId: kmsKeyId ?? secretArn.replace(/:secretsmanager:(.*?):secret:.*/, ":kms:$1:alias/aws/secretsmanager"),
  };
}
