import * as pulumi from "@pulumi/pulumi";
import { TrackingServer, type TrackingServerArgs } from "#components/tracking/tracking-server";
import { type Recorded, record } from "../../harness/graph.ts";

/** The fewest arguments. */
export const minimal: TrackingServerArgs = {
  access: { rights: { trainer: ["track-runs"] }, issuers: [] },
  account: "111111111111",
  artifactStore: { name: "example.artifacts", arn: "arn:aws:s3:::example.artifacts" },
  clientLabels: { "millrace.dev/tracking": "client" },
  clusterName: "example",
  database: {
    host: "db.example.internal",
    port: 5432,
    name: "tracking",
    user: "millrace",
    secretArn: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-abc",
    maxConnections: 901,
    certificateAuthority: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  },
  dataKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/data",
  image: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/example/mlflow:v3.17.0-full@sha256:${"1".repeat(64)}`,
  monitoringNamespace: "monitoring",
  region: "eu-west-1",
  secretStore: "aws-secrets",
  vpcCidr: "10.30.0.0/16",
};

/** All that can be said. */
export const everything: TrackingServerArgs = {
  ...minimal,
  access: {
    ...minimal.access,
    issuers: [
      {
        issuer: "https://id.example.com",
        audience: "mlflow",
        keysUrl: "https://id.example.com/keys",
        claim: "sub",
        members: { "system:serviceaccount:team-{team}:jobs": { role: "trainer", only: { tier: ["gold"] } } },
        required: { tenant: "acme" },
        nameClaim: "email",
      },
    ],
  },
  image: `registry.example/mlflow:v3.18.1-full@sha256:${"0".repeat(64)}`,
  replicas: 3,
  maxReplicas: 5,
  route: { host: "mlflow.example.com", gateway: { namespace: "istio-ingress", name: "ingress" } },
  workers: 4,
};

export const tracking = (args: TrackingServerArgs = minimal): Promise<Recorded[]> =>
  record(() => new TrackingServer("tracking", args));

/** What is replaced along with what, and whether it is deleted first. */
export async function replacements(args: TrackingServerArgs): Promise<Record<string, { with: string[]; deletedFirst: boolean }>> {
  const options: Record<string, { with: string[]; deletedFirst: boolean }> = {};
  await record(() => {
    const monitor = pulumi.runtime.getMonitor() as any;
    const register = monitor.registerResource;
    monitor.registerResource = (request: any, answer: unknown) => {
      const deletedFirst = request.getDeletebeforereplace() as boolean;
      if (deletedFirst) {
        const urns = request.getReplaceWithList() as string[];
        options[request.getName()] = { with: urns.map((urn) => urn.split("::").at(-1) ?? ""), deletedFirst };
      }
      return register(request, answer);
    };
    return new TrackingServer("tracking", args);
  });
  return options;
}
