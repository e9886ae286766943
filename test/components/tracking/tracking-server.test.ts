import { describe, expect, it } from "vitest";
import type { Grant, TokenIssuer } from "#components/tracking/access";
import { TrackingServer, type TrackingServerArgs } from "#components/tracking/tracking-server";
import { record } from "#plan/record";
import { refusal } from "../../harness/graph.ts";
import { named } from "../named.ts";
import { everything, minimal, replacements, tracking } from "./fixture.ts";

const children = (graph: Awaited<ReturnType<typeof tracking>>) =>
  graph
    .filter(({ parent }) => parent === "tracking")
    .map(({ name }) => name)
    .sort();

const DEFAULT_CHILDREN = [
  "tracking-access",
  "tracking-account",
  "tracking-authority",
  "tracking-collection",
  "tracking-deny",
  "tracking-generator",
  "tracking-keys",
  "tracking-master",
  "tracking-migration",
  "tracking-monitor",
  "tracking-namespace",
  "tracking-password",
  "tracking-role",
  "tracking-server",
  "tracking-service",
  "tracking-traffic",
];

describe("TrackingServer", () => {
  it("is by default one replica that only the cluster reaches", async () => {
    const graph = await tracking();
    expect(children(graph)).toEqual(DEFAULT_CHILDREN);
    expect(named(graph, "tracking-server").inputs["spec"].replicas).toBe(1);
  });

  it("adds an autoscaler, a disruption budget, certificates and a route when asked to", async () => {
    const graph = await tracking(everything);
    expect(children(graph)).toEqual([...DEFAULT_CHILDREN, "tracking-autoscaler", "tracking-budget", "tracking-route"].sort());
    const { spec } = named(graph, "tracking-server").inputs;
    expect(spec).not.toHaveProperty("replicas");
    expect(spec.template.spec.topologySpreadConstraints.map((each: any) => each.topologyKey)).toEqual([
      "topology.kubernetes.io/zone",
      "kubernetes.io/hostname",
    ]);
    expect(named(graph, "tracking-autoscaler").inputs["spec"]).toMatchObject({ minReplicas: 3, maxReplicas: 5 });
  });

  it("keeps a fixed number of replicas where the limits are equal", async () => {
    const graph = await tracking({ ...minimal, replicas: 2 });
    expect(named(graph, "tracking-server").inputs["spec"].replicas).toBe(2);
    expect(children(graph)).toEqual([...DEFAULT_CHILDREN, "tracking-budget"].sort());
  });

  it("has a namespace in which the API server enforces our rules", async () => {
    expect(named(await tracking(), "tracking-namespace").inputs["metadata"]).toEqual({
      name: "mlflow",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
  });

  it("tells its address", async () => {
    const { outputs } = await record(() => {
      const { uri, namespace, serviceName } = new TrackingServer("tracking", minimal);
      return { uri, namespace, serviceName };
    });
    expect(outputs).toEqual({ uri: "http://mlflow.mlflow.svc.cluster.local", namespace: "mlflow", serviceName: "mlflow" });
  });

  it("starts after the migration, which starts after the password", async () => {
    const graph = await tracking(everything);
    expect(named(graph, "tracking-migration").dependencies).toEqual(
      expect.arrayContaining(["tracking-password", "tracking-master", "tracking-authority", "tracking-account"]),
    );
    expect(named(graph, "tracking-server").dependencies).toEqual(
      expect.arrayContaining(["tracking-migration", "tracking-keys", "tracking-access", "tracking-role-association"]),
    );
    expect(named(graph, "tracking-collection").dependencies).toContain("tracking-migration");
  });

  it("ends every writer before another migration begins", async () => {
    expect(await replacements(minimal)).toEqual({
      "tracking-migration": { with: [], deletedFirst: true },
      "tracking-server": { with: ["tracking-migration"], deletedFirst: true },
      "tracking-collection": { with: ["tracking-migration"], deletedFirst: true },
    });
  });

  it("names the migration after the version, so that another version is another migration", async () => {
    const name = async (args: TrackingServerArgs) => named(await tracking(args), "tracking-migration").inputs["metadata"].name;
    expect(await name(minimal)).toBe("mlflow-migrate-v3-17-0");
    expect(await name(everything)).toBe("mlflow-migrate-v3-18-1");
  });

  const member = (grant: Grant): TokenIssuer => ({ ...everything.access.issuers[0]!, members: { x: grant } });
  const database = (maxConnections: number) => ({ ...minimal.database, maxConnections });
  it.each<[Partial<TrackingServerArgs>, string]>([
    [{ replicas: 0 }, "'replicas' must be a whole number of at least 1, got '0'"],
    [{ maxReplicas: 1.5 }, "'maxReplicas' must be a whole number of at least 1, got '1.5'"],
    [{ replicas: 3, maxReplicas: 2 }, "'replicas' must be at most 'maxReplicas' (2), got '3'"],
    [{ workers: 17 }, "'workers' must be a whole number from 1 to 16, got '17'"],
    [{ database: database(0) }, "'database.maxConnections' must be a whole number of at least 1, got '0'"],
    [
      { maxReplicas: 21 },
      "'maxReplicas' must be at most 20, as 2 workers each stay below 80 % of the database's 901 connections (take fewer replicas or workers, or a larger database), got '21'",
    ],
    [
      { database: database(52) },
      "'maxReplicas' must be at most 0, as 2 workers each stay below 80 % of the database's 52 connections (take fewer replicas or workers, or a larger database), got '1'",
    ],
    [
      { image: "ghcr.io/mlflow/mlflow:latest" },
      "'image' must be an MLflow image of a whole version with its drivers and its digest (…:v3.17.0-full@sha256:…), got 'ghcr.io/mlflow/mlflow:latest'",
    ],
    [
      { access: { ...minimal.access, issuers: [member({ role: "trianer", team: "risk" })] } },
      "'access.issuers[0].members['x'].role' must be one of trainer, got 'trianer'",
    ],
    [
      { access: { ...minimal.access, issuers: [{ ...member({ role: "trainer" }), keysUrl: "http://id.example.com/keys" }] } },
      "'access.issuers[0].keysUrl' must be a web address that begins with https://, got 'http://id.example.com/keys'",
    ],
    [
      { clientLabels: {} },
      "'clientLabels' must be at least one label: without any, every namespace could call the server, got '{}'",
    ],
    [
      { database: { ...minimal.database, certificateAuthority: "ca.pem" } },
      "'database.certificateAuthority' must be certificates in PEM, got 'ca.pem'",
    ],
    [
      { database: { ...minimal.database, user: "MLflow" } },
      "'database.user' must be the master user, not mlflow, which is the server's own, got 'MLflow'",
    ],
    [
      { route: { host: "*.example.com", gateway: { namespace: "istio-ingress", name: "ingress" } } },
      "'route.host' must be a full domain name in lower case, without port or wildcard, got '*.example.com'",
    ],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new TrackingServer("tracking", { ...minimal, ...args }))).toBe(message);
  });
});
