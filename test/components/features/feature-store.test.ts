import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { Password } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/Password";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { describe, expect, it } from "vitest";
import { FeatureStore, type FeatureStoreArgs } from "#components/features/feature-store";
import { connectionsWithin, mostConnections } from "#components/features/settings";
import { policyOf } from "#plan/policy";
import { record as planned } from "#plan/record";
import { sentence } from "#policies/evaluate";
import { refusal } from "../../harness/graph.ts";
import { layer, planOf } from "../../plan/sample.ts";
import { TODAY } from "../../policies/sample.ts";
import { named } from "../named.ts";
import { everything, features, minimal } from "./fixture.ts";

const specOf = async (name: string, args?: FeatureStoreArgs) => named(await features(args), name).inputs["spec"];
const podOf = async (name: string, args?: FeatureStoreArgs) => (await specOf(name, args)).template.spec;
const materializationPod = async () => (await specOf("features-materialization")).jobTemplate.spec.template.spec;
const settings = async (args?: FeatureStoreArgs) =>
  JSON.parse(named(await features(args), "features-settings").inputs["data"]["feature_store.yaml"]);
const statementsOf = async (role: string, args?: FeatureStoreArgs) =>
  JSON.parse(named(await features(args), `${role}-permissions`).inputs["policy"]).Statement;

const DEFAULT_CHILDREN = [
  "features-account",
  "features-apply",
  "features-authority",
  "features-budget",
  "features-deny",
  "features-generator",
  "features-jobs-account",
  "features-jobs-role",
  "features-jobs-traffic",
  "features-master",
  "features-materialization",
  "features-monitor",
  "features-namespace",
  "features-owner",
  "features-reader",
  "features-server",
  "features-server-traffic",
  "features-service",
  "features-settings",
];

const children = async (args?: FeatureStoreArgs) =>
  (await features(args))
    .filter(({ parent }) => parent === "features")
    .map(({ name }) => name)
    .sort();

describe("FeatureStore", () => {
  it("makes a server of two replicas, two jobs and what they need, and no way in from outside", async () => {
    expect(await children()).toEqual(DEFAULT_CHILDREN);
    expect((await specOf("features-server")).replicas).toBe(2);
    const { spec } = named(await features(), "features-service").inputs;
    expect(spec).not.toHaveProperty("type");
  });

  it("gives the server a role only where values lie in DynamoDB, and no budget to a single replica", async () => {
    expect(await children(everything)).toEqual([...DEFAULT_CHILDREN, "features-role"].sort());
    expect(await children({ ...minimal, replicas: 1 })).toEqual(DEFAULT_CHILDREN.filter((name) => name !== "features-budget"));
  });

  it.each([
    ["features-owner", ExternalSecret],
    ["features-reader", ExternalSecret],
    ["features-master", ExternalSecret],
    ["features-generator", Password],
    ["features-monitor", ServiceMonitor],
  ])("%s passes its schema", async (name, Model) => {
    const { apiVersion, kind, metadata, spec } = named(await features(), name).inputs;
    const model = new (Model as new (data: object) => { apiVersion: string; kind: string; validate(): void })({ metadata, spec });
    expect({ apiVersion, kind }).toEqual({ apiVersion: model.apiVersion, kind: model.kind });
    expect(() => model.validate()).not.toThrow();
  });

  it("connects to PostgreSQL with verified TLS, and with a user of its own for those who read", async () => {
    const { registry, online_store } = await settings();
    expect(registry.path).toBe(
      "postgresql+psycopg://@db.example.internal:5432/feast?service=feast&sslmode=verify-full&sslrootcert=/etc/feast/authority/ca.pem",
    );
    expect(online_store).toMatchObject({ sslmode: "verify-full", sslrootcert_path: "/etc/feast/authority/ca.pem" });
    const secretsOf = (pod: any) => pod.volumes.flatMap((volume: any) => volume.secret?.secretName ?? []);
    expect(secretsOf(await podOf("features-server"))).toEqual(["feast-database-reader"]);
    expect(secretsOf(await materializationPod())).toEqual(["feast-database-owner"]);
    expect((await specOf("features-reader")).target.template.data["pg_service.conf"]).toBe(
      "[feast]\nuser=feast_reader\npassword={{ .password }}\n",
    );
  });

  it("shows the master user's password to one container only", async () => {
    const { initContainers, containers } = await podOf("features-apply");
    const withMaster = [...initContainers, ...containers].filter(({ volumeMounts }: any) =>
      volumeMounts.some(({ name }: any) => name === "master"),
    );
    expect(withMaster.map(({ name }: any) => name)).toEqual(["users"]);
  });

  it("holds no secret value, and none of its objects is a Secret", async () => {
    const graph = await features(everything);
    expect(graph.filter(({ type }) => type.endsWith(":Secret"))).toEqual([]);
  });

  it("runs no materialization beside another", async () => {
    expect(await specOf("features-materialization")).toMatchObject({
      schedule: "17 * * * *",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
    });
  });

  it("applies the definitions of another image by another job", async () => {
    const nameOf = async (digest: string) =>
      named(await features({ ...minimal, image: `a/b@sha256:${digest.repeat(64)}` }), "features-apply").inputs["metadata"].name;
    expect([await nameOf("1"), await nameOf("2")]).toEqual(["feast-apply-111111111111", "feast-apply-222222222222"]);
  });

  it("lets clients and Prometheus in, and nobody to the jobs", async () => {
    const server = await specOf("features-server-traffic");
    expect(server.ingress.map(({ ports }: any) => ports[0].port)).toEqual([6_566, 8_000]);
    expect(JSON.stringify(server.egress)).not.toContain("443");
    expect((await specOf("features-jobs-traffic")).ingress).toEqual([]);
  });

  it("lets the jobs read the rows of one folder, and write none", async () => {
    const actions = (await statementsOf("features-jobs-role")).flatMap(({ Action }: any) => Action);
    expect(actions).toEqual(["s3:GetObject", "s3:ListBucket", "kms:Decrypt"]);
  });

  it("lets the server read DynamoDB's tables of the project, and the jobs write them", async () => {
    const [reading] = await statementsOf("features-role", everything);
    expect(reading.Resource).toEqual(["arn:aws:dynamodb:eu-west-1:111111111111:table/test.*"]);
    expect(reading.Action.filter((action: string) => !/Get|Describe/.test(action))).toEqual([]);
    const jobs = (await statementsOf("features-jobs-role", everything)).find(({ Sid }: any) => Sid === "KeepValues");
    expect(jobs.Action).toContain("dynamodb:BatchWriteItem");
    expect((await settings(everything)).online_store).toEqual({
      type: "feature_store.online.ExpiringDynamoDBOnlineStore",
      region: "eu-west-1",
    });
  });

  it("keeps every rule of prod, whatever is said to it", async () => {
    for (const args of [minimal, { ...everything, placement: { priorityClassName: "platform" } }]) {
      const { resources } = await planned(() => new FeatureStore("features", args), { stack: "platform-prod" });
      const { verdicts } = policyOf(planOf([layer("platform", resources)], { environment: "prod" }), [], TODAY);
      const broken = verdicts.flatMap(({ verdict }) => verdict.violations).map(sentence);
      // The stacks give every role its boundary.
      expect(broken.filter((each) => !each.startsWith("IAM-03 "))).toEqual([]);
    }
  });

  it("counts the connections of replicas, of one more in a rollout, and of both jobs", () => {
    expect([1, 2].map((replicas) => mostConnections(replicas, { kind: "postgres" }))).toEqual([30, 39]);
    expect(mostConnections(2, { kind: "dynamodb" })).toBe(15);
    expect(connectionsWithin(225)).toBe(40);
  });

  it.each<[Partial<FeatureStoreArgs>, string]>([
    [{ image: "a/b:v1" }, "'image' must be an image by its digest (…/feature-server@sha256:…), got 'a/b:v1'"],
    [{ project: "Prod" }, "'project' must be a lower-case letter"],
    [{ replicas: 3 }, "'replicas' must be so few that they and the jobs stay within 40 connections"],
    [{ replicas: 0 }, "'replicas' must be a whole number"],
    [{ clientLabels: {} }, "'clientLabels' must be at least one label"],
    [{ schedule: "hourly" }, "'schedule' must be a cron schedule"],
    [{ online: { kind: "redis" } as never }, "'online.kind' must be"],
    [{ offline: { ...minimal.offline, prefix: "" } }, "'offline.prefix' must be a folder that ends with a slash"],
    [{ database: { ...minimal.database, user: "feast_reader" } }, "'database.user' must be the master user"],
    [{ database: { ...minimal.database, certificateAuthority: "" } }, "'database.certificateAuthority' must be certificates"],
  ])("refuses %j", async (wrong, said) => {
    expect(await refusal(() => new FeatureStore("features", { ...minimal, ...wrong }))).toContain(said);
  });
});
