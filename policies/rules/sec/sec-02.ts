import { type Finding, together, unless } from "../../findings.ts";
import { CHARTS, DOWNLOADS, isChart } from "../../kubernetes/charts.ts";
import { CONFIG_MAP } from "../../kubernetes/types.ts";
import { WORKLOAD_PATCHES, WORKLOADS } from "../../kubernetes/workloads.ts";
import { ANY_KNOWN, NAME, PASSWORD_NAME, RANDOM, REFERENCE, secretIn, TOKEN_NAME } from "../../plain-secrets.ts";
import { at, bag } from "../../read.ts";
import { type Resource, SECRET } from "../../resource.ts";
import { type Admission, levels, rule } from "../../rule.ts";

const EXTERNAL_SECRETS = ["v1", "v1beta1"].map((version) => `kubernetes:external-secrets.io/${version}:ExternalSecret`);
/** The last one is a Secret made as a CustomResource, whose values Pulumi does not mark as secret by itself. */
const KUBERNETES_SECRETS = ["kubernetes:core/v1:Secret", "kubernetes:core/v1:SecretPatch", "kubernetes:v1:Secret"];

export const SEC_02 = rule({
  id: "SEC-02",
  title:
    "No secret is in plain text: not in ConfigMaps, variables, arguments or Helm values, and not as an unmarked value of a Secret",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 4.4.1", "CIS EKS 4.4.2", "AISF-DATA-05"],
  remediation:
    "Keep the value in Secrets Manager and let External Secrets write the Secret. If the value must pass through the program, take it from `config.requireSecret`. Renew every secret that was exposed.",
  peers: ["polaris", "kube-linter env-var-secret", "CKV_K8S_35"],
  types: [CONFIG_MAP, ...CHARTS, ...EXTERNAL_SECRETS, ...KUBERNETES_SECRETS, ...WORKLOADS, ...WORKLOAD_PATCHES],
  check: (resource) => {
    if (KUBERNETES_SECRETS.includes(resource.type)) {
      return together(["data", "stringData"].map((property) => () => unmarked(resource, property)));
    }
    const { fields, want } = textsOf(resource);
    return together(
      [...fields, ["metadata", "annotations"]].map((path) => () => {
        const called = path.at(-1) ?? "";
        return plainIn(at(resource.inputs, ...path), called, path.join("."), want);
      }),
      DOWNLOADS.map((options) => () => plainIn(at(resource.inputs, options), options, options, want)),
    );
  },
  admission: admission(),
});

/** The fields in which each type has text, and what should replace a secret there. */
function textsOf(resource: Resource): { fields: string[][]; want: string } {
  const { type } = resource;
  if (type === CONFIG_MAP) {
    return { fields: [["data"], ["binaryData"]], want: "kept in a Secret or fetched by External Secrets" };
  }
  if (EXTERNAL_SECRETS.includes(type)) {
    return { fields: [["spec", "target", "template"]], want: "a part of the secret that is fetched, by its name" };
  }
  return isChart(resource)
    ? { fields: [["values"]], want: "the name of an existing Secret, or a Pulumi secret" }
    : { fields: [["spec"], ["template"], ["items"]], want: "read from a Secret ('valueFrom.secretKeyRef')" };
}

function unmarked({ inputs }: Resource, property: string): Finding[] {
  const entries = bag(inputs, property);
  return together(
    Object.keys(entries).map(
      (key) => () =>
        unless(entries[key] === SECRET || entries[key] === null, {
          property: `${property}.${key}`,
          got: "plain text",
          want: "a Pulumi secret",
        }),
    ),
  );
}

/** Checks every text of a tree together with its key; in a list of `{name, value}` the key is `name`. */
function plainIn(value: unknown, called: string, path: string, want: string): readonly Finding[] {
  if (typeof value === "string") {
    const got = value === SECRET ? undefined : secretIn(called, value);
    return got === undefined ? [] : [{ property: path, got, want }];
  }
  if (Array.isArray(value)) {
    return together(
      Object.keys(value).map((index) => () => {
        // `--password` and what it means may be two words of a command.
        const before = Number(index) > 0 ? at(value, Number(index) - 1) : undefined;
        const option = typeof before === "string" ? /^--?([A-Za-z][\w.-]*)$/.exec(before)?.[1] : undefined;
        return plainIn(at(value, index), option ?? called, `${path}[${index}]`, want);
      }),
    );
  }
  const entries = bag(value);
  return together(
    Object.keys(entries).map((key) => () => {
      const name = key === "value" ? at(entries, "name") : undefined;
      return plainIn(entries[key], typeof name === "string" ? name : key, `${path}.${key}`, want);
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
      // 200 texts of 1,000 characters exceed the budget of Kubernetes 1.35; a key costs as much as 64 characters.
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
        message: "a ConfigMap must not hold a secret in plain text: keep it in a Secret, preferably written by External Secrets",
      },
    ],
  };
}
