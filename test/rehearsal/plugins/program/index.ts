import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const config = new pulumi.Config();
const apiKey = config.requireSecret("apiKey");
const password = new random.RandomPassword("password", { length: 24 });
const vpc = new aws.ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" });
const zones = aws.getAvailabilityZonesOutput({});
const subnets = [0, 1, 2].map(
  (index) =>
    new aws.ec2.Subnet(`private-${index}`, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${index}.0/24`,
      availabilityZone: zones.names.apply((names) => names[index] ?? ""),
    }),
);
new aws.rds.Instance("tracking", {
  instanceClass: "db.t4g.micro",
  engine: "postgres",
  allocatedStorage: 20,
  username: "mlflow",
  manageMasterUserPassword: true,
  deletionProtection: config.getBoolean("protect") ?? false,
  skipFinalSnapshot: true,
});
const role = new aws.iam.Role("cluster", {
  assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
    statements: [{ actions: ["sts:AssumeRole"], principals: [{ type: "Service", identifiers: ["eks.amazonaws.com"] }] }],
  }).json,
});
const cluster = new aws.eks.Cluster("main", { roleArn: role.arn, vpcConfig: { subnetIds: subnets.map(({ id }) => id) } });
const stored = new aws.secretsmanager.Secret("api", { ...(config.get("secretName") && { name: config.require("secretName") }) });
new aws.secretsmanager.SecretVersion("api", { secretId: stored.id, secretString: apiKey });
if (config.get("bucketName")) {
  new aws.s3.Bucket("data", { bucket: config.require("bucketName") });
}
if (config.getBoolean("broken")) {
  new aws.s3.Bucket("bad", { bucket: "Not_Valid", versioning: { enabledd: true } as never });
}

export const endpoint = cluster.endpoint;
export const clusterGroup = cluster.vpcConfig.clusterSecurityGroupId;
export const login = password.result;
