import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, faults, found, of } from "../../harness.ts";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

const FROM_SECRET = "read from a Secret ('valueFrom.secretKeyRef')";

const IN_SECRET = "kept in a Secret or fetched by External Secrets";

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
    resource: "tracking-access",
    change: (inputs) => (inputs.data["accounts.ini"] = "admin_password = correct-horse-battery\n"),
    says: `platform-prod/tracking-access: 'data.accounts.ini' must be ${IN_SECRET}, got 'a password'`,
    unknown: "data",
  },
  {
    what: "a password among a chart's values",
    layer: "platform",
    resource: "monitoring-stack",
    change: (inputs) => (inputs.values.grafana.adminPassword = "prom-operator"),
    says: "platform-prod/monitoring-stack: 'values.grafana.adminPassword' must be the name of an existing Secret, or a Pulumi secret, got 'a password'",
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
      "'values.server.extraEnv[0].value' must be the name of an existing Secret, or a Pulumi secret, got 'a password'",
    ]);
  });

  it("tells what it sees although other values are not known yet", () => {
    expect(held({ host: UNKNOWN, password: "hunter2" })).toEqual(["open: data.host", ...found("a password", "password")]);
    expect(held({ host: UNKNOWN })).toEqual(["open: data.host"]);
  });
});

describe("SEC-02, in other clothes", () => {
  const PASSWORD = "q7Rk9sLw2mXvB4tZ";
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const PEM = ["-----BEGIN RSA PRIVATE ", "KEY-----\nMIIE\n"].join("");
  const settings = (inputs: object) => found("SEC-02", of("kubernetes:core/v1:ConfigMap", "c", inputs));
  const container = (rest: object) => found("SEC-02", of("kubernetes:core/v1:Pod", "p", { spec: { containers: [{ ...rest }] } }));

  it("reads base64, in binary data too", () => {
    expect(settings({ binaryData: { "tls.key": base64(PEM) } })).toEqual(["binaryData.tls.key: a private key"]);
    expect(settings({ data: { settings: base64(`password = ${PASSWORD}`) } })).toHaveLength(1);
    expect(settings({ binaryData: { logo: base64("\u0000\u0001\u0002 an image of many bytes") } })).toEqual([]);
    expect(settings({ data: { text: base64("just a sentence that means nothing") } })).toEqual([]);
  });

  it("reads commands, also where a password is a word of its own", () => {
    expect(container({ args: ["--password", PASSWORD] })).toEqual(["spec.containers[0].args[1]: a password"]);
    expect(container({ command: ["sh", "-c", `curl -s -u risk:${PASSWORD} https://a`] })).toHaveLength(1);
    expect(container({ args: ["--password-file", "/etc/password"] })).toEqual([]);
    expect(container({ args: ["--password", "$(PASSWORD)"] })).toEqual([]);
    expect(container({ command: ["sh", "-c", 'curl -u "$USER:$PASSWORD" https://a'] })).toEqual([]);
  });

  it("reads annotations, logins of registries and repositories, and templates of secrets", () => {
    const annotations = { "example.com/smtp-password": PASSWORD };
    expect(found("SEC-02", of("kubernetes:apps/v1:Deployment", "d", { metadata: { annotations } }))).toHaveLength(1);
    const login = JSON.stringify({ auths: { "ghcr.io": { auth: base64(`risk:${PASSWORD}`) } } });
    expect(settings({ data: { ".dockerconfigjson": login } })).toHaveLength(1);
    const chart = (password: string) =>
      found("SEC-02", of("kubernetes:helm.sh/v3:Release", "r", { repositoryOpts: { password } }));
    expect(chart(PASSWORD)).toEqual(["repositoryOpts.password: a password"]);
    const external = (data: object) =>
      found("SEC-02", of("kubernetes:external-secrets.io/v1:ExternalSecret", "e", { spec: { target: { template: { data } } } }));
    expect(external({ "admin-password": PASSWORD })).toHaveLength(1);
    expect(external({ "admin-password": "{{ .password }}" })).toEqual([]);
  });
});
