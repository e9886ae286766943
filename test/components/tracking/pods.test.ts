import { describe, expect, it } from "vitest";
import type { TrackingServerArgs } from "#components/tracking/tracking-server";
import { named } from "../named.ts";
import { everything, minimal, tracking } from "./fixture.ts";

/** Pod templates by the resource that makes them. */
async function podsOf(args = minimal) {
  const graph = await tracking(args);
  return {
    server: named(graph, "tracking-server").inputs["spec"].template,
    migration: named(graph, "tracking-migration").inputs["spec"].template,
    collection: named(graph, "tracking-collection").inputs["spec"].jobTemplate.spec.template,
  };
}
const containersOf = ({ spec }: any): any[] => [...(spec.initContainers ?? []), ...spec.containers];
const environment = (container: any): Record<string, string> =>
  Object.fromEntries(
    container.env.map(({ name, value, valueFrom }: any) => [
      name,
      value ?? `secret ${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`,
    ]),
  );

describe("pods of the tracking server", () => {
  it("are held to the restricted standard, without a token of the Kubernetes API", async () => {
    for (const pod of Object.values(await podsOf(everything))) {
      expect(pod.spec).toMatchObject({
        serviceAccountName: "mlflow",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
      });
      for (const container of containersOf(pod)) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(container.resources.limits.memory).toMatch(/^\d+(Mi|Gi)$/);
        expect(container.image).toBe(everything.image);
      }
    }
  });

  it("mount only volumes that they have", async () => {
    for (const pod of [...Object.values(await podsOf()), ...Object.values(await podsOf(everything))]) {
      const mounted = containersOf(pod).flatMap(({ volumeMounts }) => volumeMounts.map(({ name }: any) => name));
      expect(new Set(mounted)).toEqual(new Set(pod.spec.volumes.map(({ name }: any) => name)));
    }
  });

  it("give the server its flags", async () => {
    const { server } = await podsOf(everything);
    expect(server.spec.containers[0].args).toEqual([
      "server",
      "--host=0.0.0.0",
      "--port=5000",
      "--workers=4",
      "--artifacts-destination=s3://example.artifacts/mlflow",
      "--allowed-hosts=mlflow,mlflow:80,mlflow.mlflow,mlflow.mlflow:80,mlflow.mlflow.svc,mlflow.mlflow.svc:80,mlflow.mlflow.svc.cluster.local,mlflow.mlflow.svc.cluster.local:80,localhost,localhost:*,127.0.0.1,127.0.0.1:*,[[]::1],[[]::1]:*,mlflow.example.com,mlflow.example.com:443",
      "--cors-allowed-origins=http://mlflow,http://mlflow.mlflow,http://mlflow.mlflow.svc,http://mlflow.mlflow.svc.cluster.local,https://mlflow.example.com",
      "--expose-prometheus=/var/run/mlflow/counters",
      "--app-name=millrace",
      "--uvicorn-opts=--timeout-keep-alive=120",
    ]);
  });

  it("give the server its settings, and its secrets by name", async () => {
    const { server } = await podsOf();
    expect(environment(server.spec.containers[0])).toEqual({
      HOME: "/tmp",
      PGSERVICEFILE: "/etc/mlflow/database/pg_service.conf",
      MLFLOW_BACKEND_STORE_URI:
        "postgresql+psycopg2://mlflow@db.example.internal:5432/tracking?service=mlflow&sslmode=verify-full&sslrootcert=/etc/mlflow/authority/ca.pem",
      MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: "4",
      MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: "4",
      MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE: "1800",
      MILLRACE_TRACKING_ACCESS: "/etc/mlflow/access/access.json",
      MLFLOW_S3_EXPECTED_BUCKET_OWNER: "111111111111",
      MLFLOW_S3_UPLOAD_EXTRA_ARGS:
        '{"ServerSideEncryption":"aws:kms","SSEKMSKeyId":"arn:aws:kms:eu-west-1:111111111111:key/data"}',
      MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX: "^(mlflow-artifacts:/|models:/|s3://example\\.artifacts/mlflow/)",
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: "secret mlflow-keys/webhook-key",
      MLFLOW_CRYPTO_KEK_PASSPHRASE: "secret mlflow-keys/gateway-passphrase",
      MLFLOW_AUTH_ADMIN_PASSWORD: "secret mlflow-keys/admin-password",
    });
  });

  it("verify the database, and have the server's own user", async () => {
    const uri =
      "postgresql+psycopg2://mlflow@db.example.internal:5432/tracking?service=mlflow&sslmode=verify-full&sslrootcert=/etc/mlflow/authority/ca.pem";
    for (const pod of Object.values(await podsOf(everything))) {
      const connected = containersOf(pod).filter(({ env, name }) => env !== undefined && name !== "user");
      expect(connected.length).toBeGreaterThan(0);
      for (const container of connected) {
        expect(environment(container)["MLFLOW_BACKEND_STORE_URI"]).toBe(uri);
        expect(container.volumeMounts).toContainEqual({ name: "authority", mountPath: "/etc/mlflow/authority", readOnly: true });
      }
    }
  });

  it("have the master user's password in one container only, which makes the server's user", async () => {
    const pods = await podsOf(everything);
    const withMaster = Object.values(pods)
      .flatMap(containersOf)
      .filter(({ volumeMounts }) => volumeMounts.some(({ name }: any) => name === "master"));
    expect(withMaster.map(({ name }) => name)).toEqual(["user"]);
    expect(environment(withMaster[0])).toEqual({
      HOME: "/tmp",
      PGSERVICEFILE: "/etc/mlflow/master/pg_service.conf",
      MASTER_URI:
        "postgresql://millrace@db.example.internal:5432/tracking?service=mlflow&sslmode=verify-full&sslrootcert=/etc/mlflow/authority/ca.pem",
    });
    const withVolume = Object.entries(pods).filter(([, { spec }]) => spec.volumes.some(({ name }: any) => name === "master"));
    expect(withVolume.map(([name]) => name)).toEqual(["migration"]);
  });

  it("have the table of rights, and are others where it is another", async () => {
    const of = async (args: TrackingServerArgs) => {
      const graph = await tracking(args);
      return {
        table: JSON.parse(named(graph, "tracking-access").inputs["data"]["access.json"]),
        digest: named(graph, "tracking-server").inputs["spec"].template.metadata.annotations["millrace.dev/access"],
      };
    };
    const [one, other] = [await of(minimal), await of(everything)];
    expect(one.table).toEqual({ rights: { trainer: ["track-runs"] }, issuers: [] });
    expect(other.table).toEqual(everything.access);
    expect(one.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(other.digest).not.toBe(one.digest);
  });

  it("make the user first, then the tables", async () => {
    const { migration } = await podsOf();
    expect(containersOf(migration).map(({ name, command }) => [name, command])).toEqual([
      ["user", ["python", "-c", expect.stringContaining("ROLE mlflow LOGIN PASSWORD")]],
      ["tables", ["mlflow", "db", "upgrade", "$(MLFLOW_BACKEND_STORE_URI)"]],
    ]);
  });

  it("collect what was deleted 30 days ago, through the server", async () => {
    const { collection } = await podsOf();
    const [container] = collection.spec.containers;
    expect(container.command).toEqual(["mlflow", "gc", "--backend-store-uri=$(MLFLOW_BACKEND_STORE_URI)", "--older-than=30d"]);
    expect(environment(container)).toMatchObject({
      MLFLOW_TRACKING_URI: "http://mlflow.mlflow.svc.cluster.local",
      MLFLOW_TRACKING_USERNAME: "admin",
      MLFLOW_TRACKING_PASSWORD: "secret mlflow-keys/admin-password",
    });
  });

  it("are asked for their health where no account and no host name is needed", async () => {
    const { containers } = (await podsOf()).server.spec;
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      expect(containers[0][probe].httpGet).toEqual({ path: "/health", port: "http" });
    }
  });

  it("send every port of the Service to one that a container opens", async () => {
    const graph = await tracking();
    const { ports, selector } = named(graph, "tracking-service").inputs["spec"];
    expect(ports).toEqual([
      { name: "http", port: 80, targetPort: "http" },
      { name: "metrics", port: 9464, targetPort: "metrics" },
    ]);
    const { metadata, spec } = named(graph, "tracking-server").inputs["spec"].template;
    expect(spec.containers.flatMap((each: any) => each.ports)).toEqual([
      { name: "http", containerPort: 5000 },
      { name: "metrics", containerPort: 9464 },
    ]);
    expect(metadata.labels).toMatchObject(selector);
  });
});
