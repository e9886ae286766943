import { ANY_KNOWN, NAME, PASSWORD_NAME, RANDOM, REFERENCE, secretIn, TOKEN_NAME } from "../plain-secrets.ts";
import { type Resource, SECRET } from "../resource.ts";
import { type Admission, type Fault, levels, type Rule, rule, stackRule } from "../rule.ts";
import { together } from "../together.ts";
import { WORKLOADS } from "./workloads.ts";

const AWS_SECRET = "aws:secretsmanager/secret:Secret";
const ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";

interface Renewal {
  /** Most days between two rotations. */
  days: number;
}
const QUARTERLY: Renewal = { days: 90 };

/** Secrets that RDS makes are its own resources, encrypted and rotated by what the database says (DB-06). */
const renewed = stackRule<Renewal>({
  id: "SEC-01",
  title: "Secrets are encrypted with a key of one's own, renewed every quarter, and can be brought back for a week",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP SecretsManager.1", "FSBP SecretsManager.4"],
  remediation:
    "Set `kmsKeyId`, leave `recoveryWindowInDays` out, and make a SecretRotation with `rotationRules: { automaticallyAfterDays: 30 }`.",
  peers: ["CKV_AWS_149", "CKV_AWS_304", "CKV2_AWS_57", "AWS-0098"],
  parameters: { dev: QUARTERLY, staging: QUARTERLY, prod: QUARTERLY },
  relate: (resources, { days }) =>
    together(
      ...resources
        .filter(({ type }) => type === AWS_SECRET)
        .flatMap((secret) => [
          () =>
            "kmsKeyId" in secret.inputs
              ? []
              : [{ resource: secret, property: "kmsKeyId", got: "nothing", want: "the ARN of a key of your own" }],
          () => {
            const { recoveryWindowInDays: window = 30 } = secret.inputs;
            const want = "at least 7 days";
            return window >= 7 ? [] : [{ resource: secret, property: "recoveryWindowInDays", got: String(window), want }];
          },
          () => rarelyRotated(secret, resources, days),
        ]),
    ),
});

function rarelyRotated(secret: Resource, resources: readonly Resource[], days: number): Fault[] {
  const rotation = resources.find(({ type, dependencies }) => type === ROTATION && dependencies.includes(secret.name));
  const want = `at most ${days} days`;
  if (rotation === undefined) {
    return [{ resource: secret, property: "rotation", got: "nothing", want: `a SecretRotation of ${want}` }];
  }
  if (rotation.inputs.rotationEnabled === false) {
    return [{ resource: rotation, property: "rotationEnabled", got: "false", want: "true" }];
  }
  const { automaticallyAfterDays, scheduleExpression } = rotation.inputs.rotationRules ?? {};
  const property = `rotationRules.${scheduleExpression === undefined ? "automaticallyAfterDays" : "scheduleExpression"}`;
  const got: unknown = scheduleExpression ?? automaticallyAfterDays ?? "nothing";
  const longest = scheduleExpression === undefined ? automaticallyAfterDays : longestGap(scheduleExpression);
  return longest <= days ? [] : [{ resource: rotation, property, got: String(got), want }];
}

/** Most days between two runs of a `rate(…)` or `cron(…)` (Secrets Manager user guide, "Rotation schedules"); `NaN` when it says too little. */
function longestGap(schedule: string): number {
  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(schedule) ?? [];
  if (count !== undefined) {
    return Number(count) / (unit === "hour" ? 24 : 1);
  }
  const [, every = "1"] = /^cron\(\S+ \S+ \S+ (?:\*|(?:\*|1)\/(\d+)) \S+ \S+\)$/.exec(schedule) ?? [undefined, "NaN"];
  return 31 * Number(every);
}

const RELEASE = "kubernetes:helm.sh/v3:Release";
const CHART = "kubernetes:helm.sh/v4:Chart";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
/** The last is one that is made as a custom resource: nobody else marks what it holds. */
const KUBERNETES_SECRETS = ["kubernetes:core/v1:Secret", "kubernetes:core/v1:SecretPatch", "kubernetes:v1:Secret"];

/** Where each type holds text, and what should stand there instead of a secret. */
function textsOf({ type, inputs }: Resource): { at: string; within: any; want: string } {
  if (type === CONFIG_MAP) {
    return { at: "data", within: inputs.data, want: "in a Secret, or fetched by External Secrets" };
  }
  return type === RELEASE || type === CHART
    ? { at: "values", within: inputs.values, want: "the name of a Secret that exists, or a Pulumi secret" }
    : { at: "spec", within: inputs.spec, want: "read from a Secret ('valueFrom.secretKeyRef')" };
}

const nothingInPlain = rule({
  id: "SEC-02",
  title: "No secret stands in plain text: not in ConfigMaps, variables, arguments or Helm values, nor unmarked in a Secret",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 4.4.1", "CIS EKS 4.4.2", "AISF-DATA-05"],
  remediation:
    "Keep the value in Secrets Manager and let External Secrets write the Secret; where it must pass through the program, take it from `config.requireSecret`. Renew what has been seen.",
  peers: ["polaris", "kube-linter env-var-secret", "CKV_K8S_35"],
  types: [CONFIG_MAP, RELEASE, CHART, ...KUBERNETES_SECRETS, ...WORKLOADS],
  check: (resource) => {
    if (KUBERNETES_SECRETS.includes(resource.type)) {
      return together(...["data", "stringData"].map((property) => () => unmarked(resource.inputs[property] ?? {}, property)));
    }
    const { at, within, want } = textsOf(resource);
    return plainIn(within, at, at, want);
  },
  admission: admission(),
});

function unmarked(entries: any, property: string): Fault[] {
  return entries === SECRET
    ? []
    : together(
        ...Object.keys(entries).map(
          (key) => () =>
            entries[key] === SECRET ? [] : [{ property: `${property}.${key}`, got: "plain text", want: "a Pulumi secret" }],
        ),
      );
}

/** Looks at every text of a tree, each under the name that it has there: in a list of `{name, value}`, that of the entry. */
function plainIn(value: any, called: string, path: string, want: string): Fault[] {
  if (typeof value === "string") {
    const got = value === SECRET ? undefined : secretIn(called, value);
    return got === undefined ? [] : [{ property: path, got, want }];
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const listed = Array.isArray(value);
  return together(
    ...Object.keys(value).map((key) => () => {
      const own = key === "value" && typeof value.name === "string" ? value.name : key;
      return plainIn(value[key], listed ? called : own, listed ? `${path}[${key}]` : `${path}.${key}`, want);
    }),
  );
}

/** The API server gives each expression a budget: long texts, and those of a ConfigMap with very many, are only searched for private keys. */
function admission(): Admission {
  const plain = (called: string, value: string, tooMuch: string): string =>
    `(${tooMuch} ? ${value}.contains('PRIVATE KEY-----') : ` +
    `${value}.matches(r'${ANY_KNOWN}') || ` +
    `(${called}.matches(r'${PASSWORD_NAME}') && !${value}.matches(r'${REFERENCE}')) || ` +
    `(${called}.matches(r'${TOKEN_NAME}') && ${value}.matches(r'${RANDOM}') && ${value}.matches('[0-9]') && ` +
    `${value}.matches('[A-Za-z]') && !${value}.matches(r'${REFERENCE}') && !${value}.matches(r'${NAME}')))`;
  return {
    objects: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps", "pods"] }],
    variables: [
      {
        name: "containers",
        expression:
          "object.kind != 'Pod' ? [] : object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])",
      },
      { name: "data", expression: "object.kind == 'ConfigMap' && has(object.data) ? object.data : {}" },
      // 200 texts of 1,000 characters are more than Kubernetes 1.35 pays for; keys cost as much as 64.
      {
        name: "many",
        expression: "variables.data.map(k, variables.data[k].size() > 4096 ? 64 : 64 + variables.data[k].size()).sum() > 65536",
      },
    ],
    validations: [
      {
        expression: `variables.containers.all(c, !has(c.env) || c.env.all(e, !has(e.value) || !${plain("e.name", "e.value", "e.value.size() > 4096")}))`,
        message: "a variable must not hold a secret in plain text: read it from a Secret by valueFrom.secretKeyRef",
      },
      {
        expression: `variables.data.all(k, !${plain("k", "variables.data[k]", "(variables.many || variables.data[k].size() > 4096)")})`,
        message: "a ConfigMap must not hold a secret in plain text: keep it in a Secret, best written by External Secrets",
      },
    ],
  };
}

export const SECRETS: readonly Rule[] = [renewed, nothingInPlain];
