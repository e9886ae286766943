import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
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
const database = new aws.rds.Instance("tracking", {
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
if (config.getBoolean("broken")) {
  new aws.s3.Bucket("bad", { bucket: "Not_Valid", versioning: { enabledd: true } as never });
}

if (config.getBoolean("objects")) {
  const provider = new k8s.Provider("cluster", { kubeconfig: kubeconfig() });
  const inCluster = { provider };
  const namespace = new k8s.core.v1.Namespace("team", { metadata: { name: "team" } }, inCluster);
  const metadata = { namespace: namespace.metadata.name };
  new k8s.core.v1.Secret("login", { metadata, stringData: { password: password.result, key: apiKey } }, inCluster);
  new k8s.core.v1.ConfigMap("settings", { metadata, data: { database: database.endpoint } }, inCluster);
  const labels = { app: "idle" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "registry.k8s.io/pause:3.10" }] } };
  const idle = { replicas: config.getNumber("replicas") ?? 0, selector: { matchLabels: labels }, template };
  const impatient = { ...metadata, annotations: { "pulumi.com/timeoutSeconds": "2" } };
  new k8s.apps.v1.Deployment("idle", { metadata: impatient, spec: idle }, inCluster);
  const served = {
    name: "v1",
    served: true,
    storage: true,
    schema: {
      openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: { phase: { type: "string" } } } } },
    },
  };
  const names = { plural: "widgets", singular: "widget", kind: "Widget" };
  const spec = { group: "example.com", scope: "Namespaced", names, versions: [served] };
  const definition = new k8s.apiextensions.v1.CustomResourceDefinition(
    "widgets",
    { metadata: { name: "widgets.example.com" }, spec },
    inCluster,
  );
  const healthy = { ...metadata, name: "one", annotations: { "pulumi.com/waitFor": "jsonpath={.spec.phase}=Healthy" } };
  new k8s.apiextensions.CustomResource(
    "one",
    { apiVersion: "example.com/v1", kind: "Widget", metadata: healthy, spec: { phase: "Healthy" } },
    { provider, dependsOn: definition },
  );
  new k8s.helm.v3.Release("chart", { chart: "thing", version: "1.2.3", namespace: namespace.metadata.name }, inCluster);
}

/** As a program for EKS builds it: the token comes from `aws eks get-token`. */
function kubeconfig(): pulumi.Output<string> {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "aws",
    args: ["eks", "get-token", "--cluster-name", cluster.name],
  };
  return pulumi.jsonStringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "eks",
    contexts: [{ name: "eks", context: { cluster: "eks", user: "eks" } }],
    clusters: [
      { name: "eks", cluster: { server: cluster.endpoint, "certificate-authority-data": cluster.certificateAuthority.data } },
    ],
    users: [{ name: "eks", user: { exec } }],
  });
}

export const endpoint = cluster.endpoint;
export const clusterGroup = cluster.vpcConfig.clusterSecurityGroupId;
export const login = password.result;
