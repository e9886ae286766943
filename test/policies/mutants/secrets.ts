import { added, kubernetes, object, on, type StackMutant, welcome } from "./mutant.ts";

const SERVER = kubernetes("platform", "apps/v1:Deployment", "tracking-server");
const ROLLOUT = kubernetes("workloads", "argoproj.io/v1alpha1:Rollout", "fraud-rollout");
const MIGRATION = kubernetes("platform", "batch/v1:Job", "tracking-migration");
const ACCESS = kubernetes("platform", "core/v1:ConfigMap", "tracking-access");
const ADMIN = kubernetes("platform", "core/v1:Secret", "monitoring-grafana-admin");
const KEYS = kubernetes("platform", "external-secrets.io/v1:ExternalSecret", "tracking-keys");
const MASTER = kubernetes("platform", "external-secrets.io/v1:ExternalSecret", "tracking-master");
const GENERATOR = kubernetes("platform", "generators.external-secrets.io/v1alpha1:Password", "tracking-generator");

const PASSWORD = "q7Rk9sLw2mXvB4tZ";
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const PEM = ["-----BEGIN RSA PRIVATE ", "KEY-----\nMIIEowIBAAKCAQEAq7Rk9sLw2mXvB4tZ\n-----END RSA PRIVATE ", "KEY-----\n"].join(
  "",
);
const AWS_KEY = ["AKIA", "Q3EGRZNJ7YQ2LKXW"].join("");
const GITHUB_TOKEN = ["ghp", "q7Rk9sLw2mXvB4tZq7Rk9sLw2mXvB4tZq7Rk"].join("_");

const variable = (what: string, name: string, value: string): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => spec.template.spec.containers[0].env.push({ name, value }));
const plain = (what: string, name: string, value: string): StackMutant =>
  ROLLOUT.harmless(what, ({ spec }) => spec.template.spec.containers[0].env.push({ name, value }));
const settings = (what: string, data: object): StackMutant => {
  const { type, inputs } = object("v1", "ConfigMap", { metadata: { name: "added", namespace: "team-risk" }, ...data });
  return added("workloads", type, what, inputs);
};

/** Secrets in the open, by every way into a program. */
export const SECRETS: readonly StackMutant[] = [
  variable("a password in base64 in a variable", "SMTP_PASSWORD", base64(PASSWORD)),
  variable("a key of AWS in a variable of another name", "UPLOADER", AWS_KEY),
  variable("a token of GitHub in a variable of another name", "SOURCE", GITHUB_TOKEN),
  variable("an address with a password", "FEATURES", `postgresql://reader:${PASSWORD}@features.example.com/features`),
  variable(
    "an address of a webhook",
    "NOTIFY",
    ["https://hooks.slack.com/services/T00000000", "B00000000", "q7Rk9sLw2mXvB4tZq7Rk9sLw"].join("/"),
  ),
  variable("a password with its name in small letters", "db_passwd", PASSWORD),
  ROLLOUT.bad("a password in a command line", ({ spec }) => {
    spec.template.spec.containers[0].args = ["--smtp-user=risk", `--smtp-password=${PASSWORD}`];
  }),
  ROLLOUT.bad("a password in a command line, as two words", ({ spec }) => {
    spec.template.spec.containers[0].args = ["--password", PASSWORD];
  }),
  ROLLOUT.bad("a token in a header of a probe", ({ spec }) => {
    spec.template.spec.containers[0].livenessProbe.httpGet.httpHeaders = [
      { name: "Authorization", value: `Bearer ${GITHUB_TOKEN}` },
    ];
  }),
  ROLLOUT.bad("a password of a command before the end", ({ spec }) => {
    spec.template.spec.containers[0].lifecycle.preStop = {
      exec: { command: ["sh", "-c", `curl -u risk:${PASSWORD} http://bye`] },
    };
  }),
  SERVER.bad("a password in an annotation", ({ metadata }) => {
    metadata.annotations = { "example.com/smtp-password": PASSWORD };
  }),
  SERVER.bad("a password in the settings of a sidecar", ({ spec }) => {
    const { containers } = spec.template.spec;
    containers.at(-1).env = [...(containers.at(-1).env ?? []), { name: "API_SECRET", value: PASSWORD }];
  }),
  MIGRATION.bad("a password in a program of a Job", ({ spec }) => {
    const [first] = spec.template.spec.initContainers;
    first.command[2] = first.command[2]
      .replace('own["mlflow"]["password"]', `"${PASSWORD}"`)
      .replace("own = ", `password = "${PASSWORD}"\nown = `);
  }),
  MIGRATION.bad("a password in a variable of what runs before a Job", ({ spec }) =>
    spec.template.spec.initContainers[0].env.push({ name: "PGPASSWORD", value: PASSWORD }),
  ),
  ACCESS.bad("a password in a file of settings", ({ data }) => {
    data["accounts.ini"] = `admin_password = ${PASSWORD}\n`;
  }),
  ADMIN.bad("a password in base64 in a Secret of the program", (inputs) => {
    inputs["stringData"] = undefined;
    inputs["data"] = { "admin-password": base64(PASSWORD) };
  }),
  settings("a private key in settings", { data: { "tls.key": PEM } }),
  settings("a private key in binary settings", { binaryData: { "tls.key": base64(PEM) } }),
  settings("a password in settings written as JSON", {
    data: { "config.json": JSON.stringify({ smtp: { user: "risk", password: PASSWORD } }) },
  }),
  settings("a password in settings written as YAML", {
    data: { "config.yaml": `smtp:\n  user: risk\n  password: ${PASSWORD}\n` },
  }),
  settings("a password in base64 in settings", { data: { smtpPassword: base64(PASSWORD) } }),
  settings("keys of AWS in a file", {
    data: {
      credentials: `[default]\naws_access_key_id = ${AWS_KEY}\naws_secret_access_key = ${PASSWORD}${PASSWORD}${"a".repeat(8)}\n`,
    },
  }),
  settings("a login of a registry", {
    data: { ".dockerconfigjson": JSON.stringify({ auths: { "ghcr.io": { auth: base64(`risk:${PASSWORD}`) } } }) },
  }),
  kubernetes("platform", "helm.sh/v3:Release", "pushgateway-server").bad("a token in the arguments of a chart", ({ values }) => {
    values.extraArgs.push(`--web.token=${GITHUB_TOKEN}`);
  }),
  kubernetes("platform", "helm.sh/v3:Release", "dcgm-exporter").bad("a password deep in the values of a chart", ({ values }) => {
    values.extraEnv = [{ name: "REGISTRY_PASSWORD", value: PASSWORD }];
  }),
  KEYS.bad("a password in the template of a secret", ({ spec }) => {
    spec.target.template.data["admin-password"] = PASSWORD;
  }),
  KEYS.bad("keys that are never the same again", ({ spec }) => {
    spec.refreshPolicy = "Periodic";
    spec.refreshInterval = "1h";
  }),
  MASTER.bad("a secret that is read once", ({ spec }) => {
    spec.refreshInterval = "0";
  }),
  MASTER.bad("a secret from a store that does not exist", ({ spec }) => {
    spec.secretStoreRef.name = "vault";
  }),
  GENERATOR.bad("passwords of eight letters", ({ spec }) => {
    spec.length = 8;
  }),
  on("platform", "random:index/randomPassword:RandomPassword", "monitoring-grafana-password").bad(
    "a password of six letters",
    (inputs) => {
      inputs["length"] = 6;
    },
  ),
  added("foundation", "aws:ssm/parameter:Parameter", "a password in a parameter of the open kind", {
    name: "/millrace/smtp-password",
    type: "String",
    value: PASSWORD,
  }),
  added("foundation", "aws:secretsmanager/secretVersion:SecretVersion", "a secret whose value stands in the program", {
    secretId: "smtp",
    secretString: PASSWORD,
  }),
  added("foundation", "aws:lambda/function:Function", "a function with a password in a variable", {
    name: "notify",
    role: "arn:aws:iam::333333333333:role/millrace-prod-notify",
    runtime: "nodejs24.x",
    handler: "index.handler",
    environment: { variables: { SMTP_PASSWORD: PASSWORD } },
  }),
  added("foundation", "aws:ecs/taskDefinition:TaskDefinition", "a task with a password in a variable", {
    family: "notify",
    containerDefinitions: JSON.stringify([
      { name: "notify", image: "notify@sha256:1", environment: [{ name: "SMTP_PASSWORD", value: PASSWORD }] },
    ]),
  }),

  plain("a variable about tokens that is a number", "MAX_TOKENS", "4096"),
  plain("a variable with the path of a password", "SMTP_PASSWORD_FILE", "/etc/smtp/password"),
  plain(
    "a variable with the name of a key",
    "KMS_KEY_ID",
    "arn:aws:kms:eu-north-1:333333333333:key/56113cde-5bd0-d2d9-d60e-47986d2e4d1d",
  ),
  plain("a variable with a checksum", "FEATURES_SHA256", "eb08aebbc0870d645dc7722cb6f634966b7e242a8a54349c8226d986c4b7f468"),
  plain("a variable with an address without a password", "FEATURES", "https://features.models.internal/v1?limit=10"),
  plain("a variable that says whether there are passwords", "PASSWORD_LOGIN", "false"),
  ROLLOUT.harmless("a password by reference", ({ spec }) =>
    spec.template.spec.containers[0].env.push({
      name: "SMTP_PASSWORD",
      valueFrom: { secretKeyRef: { name: "smtp", key: "password" } },
    }),
  ),
  ROLLOUT.harmless("a command line with the file of a password", ({ spec }) => {
    spec.template.spec.containers[0].args = ["--smtp-password-file=/etc/smtp/password"];
  }),
  ((it) => welcome("workloads", it.type, "settings with a certificate", it.inputs))(
    object("v1", "ConfigMap", {
      metadata: { name: "authority", namespace: "team-risk" },
      data: {
        "ca.pem":
          "-----BEGIN CERTIFICATE-----\nMIIEADCCAuigAwIBAgIQYjbPSg4+RNRD3zNxO1fuKDANBgkqhkiG9w0BAQsFADCB\n-----END CERTIFICATE-----\n",
      },
    }),
  ),
  ((it) => welcome("workloads", it.type, "settings about tokens and secrets without any", it.inputs))(
    object("v1", "ConfigMap", {
      metadata: { name: "limits", namespace: "team-risk" },
      data: { "limits.yaml": "tokenizer: wordpiece\nmax_tokens: 512\nsecretName: smtp\npasswordKey: password\n" },
    }),
  ),
  KEYS.harmless("one more key that is made", ({ spec }) => {
    spec.target.template.data["cookie-key"] = "{{ .session }}";
  }),
  MASTER.harmless("a secret that is read each hour", ({ spec }) => {
    spec.refreshInterval = "1h";
  }),
  GENERATOR.harmless("longer passwords", ({ spec }) => {
    spec.length = 64;
  }),
];
