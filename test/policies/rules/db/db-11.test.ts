import { expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const uri = (container: any, edit: (uri: string) => string): void => {
  const variable = container.env.find(({ name }: any) => name === "MLFLOW_BACKEND_STORE_URI");
  variable.value = edit(variable.value);
};
const server = "spec.template.spec.containers[0].env.2.value";
const WANT = "an address with sslmode=verify-full, or its like of another driver";

describeRule("DB-11", [
  {
    what: "a server that takes any certificate",
    layer: "platform",
    resource: "tracking-server",
    change: ({ spec }) => uri(spec.template.spec.containers[0], (each) => each.replace("verify-full", "verify-ca")),
    says: `platform-prod/tracking-server: '${server}' must be ${WANT}, got 'sslmode verify-ca'`,
    unknown: "spec.template.spec.containers.0.env.2.value",
  },
  {
    what: "a server that signs in as the master",
    layer: "platform",
    resource: "tracking-server",
    change: ({ spec }) => uri(spec.template.spec.containers[0], (each) => each.replace("//mlflow@", "//postgres@")),
    says: `platform-prod/tracking-server: '${server}' must be a user of its own, as this one owns the whole server, got 'the user postgres'`,
    unknown: "spec.template.spec.containers.0.env",
  },
]);

const HOST = "a.b.eu-north-1.rds.amazonaws.com";
const inPod = (container: object, kind = "apps/v1:Deployment") =>
  found(
    "DB-11",
    of(`kubernetes:${kind}`, "web", { spec: { template: { spec: { containers: [container] } } } }),
    ruleOf("DB-11").elsewhere,
  );
const weakVariable = (value: unknown, ...env: object[]) => inPod({ env: [{ name: "URI", value }, ...env] }).length;

it.each([
  ["says nothing of TLS", `postgres://app@${HOST}/app`],
  ["asks for TLS of anybody", `postgresql://app@${HOST}:5432/app?sslmode=require`],
  ["names a mode twice", `postgresql+asyncpg://app@${HOST}/app?sslmode=verify-full&sslmode=disable`],
  ["is of another driver", `jdbc:postgresql://${HOST}/app?sslmode=prefer`],
  ["is of MySQL", `mysql+pymysql://app@${HOST}/app`],
  ["is of MySQL, without a check", `mysql://app@${HOST}/app?ssl-mode=REQUIRED`],
  ["is given word by word", `host=${HOST} user=app sslmode=require`],
  ["is an address of the network", "postgres://app@10.0.3.7/app?sslmode=disable"],
])("DB-11 refuses an address that %s", (_, value) => {
  expect(weakVariable(value)).toBe(1);
});

it.each([
  ["checks the name", `postgresql://app@${HOST}/app?connect_timeout=5&sslmode=verify-full`],
  ["checks it with its own word", `postgresql+asyncpg://app@${HOST}/app?ssl=verify-full`],
  ["checks it by default", `jdbc:postgresql://${HOST}/app?ssl=true`],
  ["is of MySQL, with a check", `mysql://app@${HOST}/app?sslMode=VERIFY_IDENTITY`],
  ["is of MySQL, with an authority", `mysql+pymysql://app@${HOST}/app?ssl_ca=/etc/ca.pem`],
  ["is given word by word", `host=${HOST} user=app sslmode=verify-full`],
  ["is of the cluster", "postgres://postgres@db.web.svc.cluster.local/app"],
  ["is of the pod", "postgres://app@127.0.0.1/app"],
  ["is of a neighbour", "postgres://app@db/app?sslmode=disable"],
  ["is a template", "postgres://app@$(HOST)/app"],
  ["is no address", "sslmode=disable"],
])("DB-11 accepts an address that %s", (_, value) => {
  expect(weakVariable(value)).toBe(0);
});

it("DB-11 reads the variables of libpq, commands, settings of functions and files of settings", () => {
  expect(weakVariable(`postgres://app@${HOST}/app`, { name: "PGSSLMODE", value: "verify-full" })).toBe(0);
  expect(weakVariable(`postgres://app@${HOST}/app`, { name: "PGSSLMODE", valueFrom: {} })).toBe(0);
  expect(weakVariable("x", { name: "PGHOST", value: HOST })).toBe(1);
  expect(inPod({ args: ["--db", `postgres://app@${HOST}/app`] })).toHaveLength(1);
  const others = (type: string, inputs: object) => found("DB-11", of(type, "x", inputs), ruleOf("DB-11").elsewhere);
  expect(others("aws:lambda/function:Function", { environment: { variables: { U: `mysql://a@${HOST}/x` } } })).toHaveLength(1);
  expect(
    others("kubernetes:core/v1:ConfigMap", { data: { "pg_service.conf": `[x]\nhost=${HOST}\nsslmode=allow\n` } }),
  ).toHaveLength(1);
});

it("DB-11 lets a job sign in as the master, and tells what is not known yet", () => {
  const env = [{ name: "URI", value: `postgres://postgres@${HOST}/app?sslmode=verify-full` }];
  expect(inPod({ env }, "batch/v1:Job")).toEqual([]);
  expect(inPod({ env })).toHaveLength(1);
  expect(inPod({ env: [{ name: "A", value: UNKNOWN }, ...env] })).toEqual([
    "open: spec.template.spec.containers.0.env.0.value",
    "spec.template.spec.containers[0].env.1.value: the user postgres",
  ]);
});
