import { describe, expect, it } from "vitest";
import { UNKNOWN_STRING } from "#policies/resource";
import { SECRETS } from "#policies/rules/secrets";
import { describeRule } from "../conformance.ts";
import { faultsIn } from "../faults.ts";

const SECRET = "aws:secretsmanager/secret:Secret";
const ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";
const faults = faultsIn(SECRETS);

describeRule("SEC-01", [
  {
    what: "a secret that nobody renews",
    layer: "platform",
    add: { type: SECRET, name: "pager", inputs: { kmsKeyId: "arn" } },
    says: "platform-prod/pager: 'rotation' must be a SecretRotation of at most 90 days, got 'nothing'",
  },
]);

describe("SEC-01", () => {
  const secret = { type: SECRET, name: "pager", inputs: { kmsKeyId: "arn" } };
  const rotation = (rotationRules: object, more: object = {}) => ({
    type: ROTATION,
    name: "rotation",
    inputs: { secretId: UNKNOWN_STRING, rotationRules, ...more },
    dependencies: ["pager"],
  });

  it("accepts a secret that is renewed in time", () => {
    expect(faults("SEC-01", secret, rotation({ automaticallyAfterDays: 90 }))).toEqual([]);
    expect(faults("SEC-01", { type: "aws:rds/instance:Instance", inputs: {} })).toEqual([]);
  });

  it.each(["rate(90 days)", "rate(4 hours)", "cron(0 8 1 * ? *)", "cron(0 8 1 */2 ? *)", "cron(0 8 1 1/2 ? *)"])(
    "accepts %s",
    (scheduleExpression) => {
      expect(faults("SEC-01", secret, rotation({ scheduleExpression }))).toEqual([]);
    },
  );

  it.each(["rate(91 days)", "cron(0 8 1 */3 ? *)", "cron(0 8 1 JAN ? *)", "at(2027-01-01T00:00:00)"])(
    "refuses %s",
    (scheduleExpression) => {
      expect(faults("SEC-01", secret, rotation({ scheduleExpression }))).toEqual([
        `'rotationRules.scheduleExpression' must be at most 90 days, got '${scheduleExpression}'`,
      ]);
    },
  );

  it("refuses a rotation that is rare, switched off, or another secret's", () => {
    expect(faults("SEC-01", secret, rotation({ automaticallyAfterDays: 91 }))).toEqual([
      "'rotationRules.automaticallyAfterDays' must be at most 90 days, got '91'",
    ]);
    expect(faults("SEC-01", secret, rotation({}))).toEqual([
      "'rotationRules.automaticallyAfterDays' must be at most 90 days, got 'nothing'",
    ]);
    expect(faults("SEC-01", secret, rotation({ automaticallyAfterDays: 30 }, { rotationEnabled: false }))).toEqual([
      "'rotationEnabled' must be true, got 'false'",
    ]);
    expect(faults("SEC-01", secret, { ...rotation({ automaticallyAfterDays: 30 }), dependencies: [] })).toEqual([
      "'rotation' must be a SecretRotation of at most 90 days, got 'nothing'",
    ]);
  });

  it("refuses AWS's own key and a deletion at once", () => {
    const careless = { ...secret, inputs: { recoveryWindowInDays: 0 } };
    expect(faults("SEC-01", careless, rotation({ automaticallyAfterDays: 30 }))).toEqual([
      "'kmsKeyId' must be the ARN of a key of your own, got 'nothing'",
      "'recoveryWindowInDays' must be at least 7 days, got '0'",
    ]);
  });

  it("waits for what is not known yet", () => {
    expect(faults("SEC-01", secret, rotation({ automaticallyAfterDays: UNKNOWN_STRING }))).toEqual([
      "open: rotationRules.automaticallyAfterDays",
    ]);
  });
});

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const FROM_SECRET = "read from a Secret ('valueFrom.secretKeyRef')";
const IN_SECRET = "in a Secret, or fetched by External Secrets";
const container = "spec.template.spec.containers[0]";

describeRule("SEC-02", [
  {
    what: "a password in a variable",
    layer: "platform",
    environment: "dev",
    resource: "tracking-server",
    change: (inputs) => {
      inputs.spec.template.spec.containers[0].env[0] = { name: "MLFLOW_AUTH_ADMIN_PASSWORD", value: "hunter2" };
    },
    says: `platform-dev/tracking-server: '${container}.env[0].value' must be ${FROM_SECRET}, got 'a password'`,
    unknown: "spec.template.spec.containers.0.env.0.value",
  },
  {
    what: "a token in an argument",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => (inputs.spec.template.spec.containers[0].args = ["--api-key=f81d4fae7dec11d0a76500a0c91e6bf6"]),
    says: `workloads-prod/fraud-rollout: '${container}.args[0]' must be ${FROM_SECRET}, got 'what looks like a secret'`,
    unknown: "spec.template.spec.containers.0.args",
  },
  {
    what: "a credential in a ConfigMap",
    layer: "platform",
    resource: "tracking-accounts",
    change: (inputs) => (inputs.data["accounts.ini"] += "admin_password = correct-horse-battery\n"),
    says: `platform-prod/tracking-accounts: 'data.accounts.ini' must be ${IN_SECRET}, got 'a password'`,
    unknown: "data",
  },
  {
    what: "a password among a chart's values",
    layer: "platform",
    resource: "monitoring-stack",
    change: (inputs) => (inputs.values.grafana.adminPassword = "prom-operator"),
    says: "platform-prod/monitoring-stack: 'values.grafana.adminPassword' must be the name of a Secret that exists, or a Pulumi secret, got 'a password'",
    unknown: "values.grafana.adminPassword",
  },
  {
    what: "a Secret that shows what it holds",
    layer: "platform",
    resource: "monitoring-grafana-admin",
    change: (inputs) => (inputs.stringData = { "admin-password": "hunter2" }),
    says: "platform-prod/monitoring-grafana-admin: 'stringData.admin-password' must be a Pulumi secret, got 'plain text'",
    unknown: "stringData",
  },
]);

describe("SEC-02", () => {
  const held = (data: object) => faults("SEC-02", { type: CONFIG_MAP, inputs: { data } });
  const found = (what: string, key = "key") => [`'data.${key}' must be ${IN_SECRET}, got '${what}'`];

  it("accepts what Pulumi knows to be secret", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };
    expect(held({ password: secret })).toEqual([]);
    expect(
      faults("SEC-02", { type: "kubernetes:core/v1:Secret", inputs: { data: secret, stringData: { key: secret } } }),
    ).toEqual([]);
    expect(faults("SEC-02", { type: "kubernetes:core/v1:Secret", inputs: {} })).toEqual([]);
  });

  it("looks into a Secret that was made as a custom resource", () => {
    expect(faults("SEC-02", { type: "kubernetes:v1:Secret", inputs: { data: { key: "aHVudGVyMg==" } } })).toEqual([
      "'data.key' must be a Pulumi secret, got 'plain text'",
    ]);
  });

  it("knows variables of a chart by their names", () => {
    const values = { server: { extraEnv: [{ name: "DB_PASSWORD", value: "hunter2" }] } };
    expect(faults("SEC-02", { type: "kubernetes:helm.sh/v4:Chart", inputs: { values } })).toEqual([
      "'values.server.extraEnv[0].value' must be the name of a Secret that exists, or a Pulumi secret, got 'a password'",
    ]);
  });

  it("tells what it sees although other values are not known yet", () => {
    expect(held({ host: UNKNOWN_STRING, password: "hunter2" })).toEqual(found("a password", "password"));
    expect(held({ host: UNKNOWN_STRING })).toEqual(["open: data.host"]);
  });
});
