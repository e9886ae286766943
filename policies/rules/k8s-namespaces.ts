import { levels, type Rule, rule, stackRule } from "../rule.ts";
import { namespaceOf, WORKLOADS } from "./workloads.ts";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** On namespaces in which Millrace serves models. */
const SERVES = "millrace.dev/serves";

/** On all namespaces in which it runs something for a team. */
const OURS = [SERVES, "millrace.dev/team", "millrace.dev/tracking"];

/** What reads the host for a living: node-exporter needs its network, processes and file system; the others its devices. */
const PRIVILEGED = ["monitoring", "gpu-operator"];

/** Kubernetes' own, in which the network plug-in and drivers run; they exist before anybody could label them. */
const OF_KUBERNETES = ["kube-system", "kube-public", "kube-node-lease", "default"];

/** The tracking server has every model and everybody's account. */
const RESTRICTED = ["mlflow"];

const podSecurity = { privileged: PRIVILEGED, restricted: RESTRICTED };

const podSecurityLevel = rule({
  id: "K8S-01",
  title:
    "Every namespace says how its pods are confined: `restricted` where models are served, `privileged` only where it is listed",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 4.2.1", "CIS EKS 4.2.2", "CIS EKS 4.2.3", "CIS EKS 4.2.4", "CIS EKS 4.2.5"],
  remediation: `Label the namespace \`${ENFORCE}: restricted\`, or \`baseline\` where its pods need more. Charts that read the host belong in a namespace that the parameter \`privileged\` names.`,
  peers: ["kyverno psa"],
  parameters: { dev: podSecurity, staging: podSecurity, prod: podSecurity },
  types: [NAMESPACE, "kubernetes:core/v1:NamespacePatch"],
  check: ({ type, inputs }, { privileged, restricted }) => {
    const labels = inputs.metadata?.labels ?? {};
    // A patch says a part and leaves the rest as it is.
    if (type !== NAMESPACE && !(ENFORCE in labels)) {
      return [];
    }
    const level = labels[ENFORCE];
    if (level === "restricted") {
      return [];
    }
    const { name } = inputs.metadata;
    const enough = SERVES in labels || restricted.includes(name) ? ["restricted"] : ["restricted", "baseline"];
    if (enough.includes(level) || (level === "privileged" && privileged.includes(name))) {
      return [];
    }
    return [{ property: `metadata.labels["${ENFORCE}"]`, got: level ?? "nothing", want: `'${enough.join("' or '")}'` }];
  },
  admission: {
    objects: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["namespaces"] }],
    // The namespace that lacks the label is the one to refuse.
    scope: "everywhere",
    variables: [
      {
        name: "level",
        expression: `has(object.metadata.labels) && '${ENFORCE}' in object.metadata.labels ? object.metadata.labels['${ENFORCE}'] : ''`,
      },
      {
        name: "strict",
        expression: `object.metadata.name in ${list(RESTRICTED)} || (has(object.metadata.labels) && '${SERVES}' in object.metadata.labels)`,
      },
    ],
    validations: [
      {
        expression: `object.metadata.name in ${list([...OF_KUBERNETES, ...PRIVILEGED])} || variables.level == 'restricted' || (variables.level == 'baseline' && !variables.strict)`,
        message: `a namespace must carry the label ${ENFORCE}: restricted, or baseline where neither models nor MLflow are served`,
      },
    ],
  },
});

const deniesByDefault = stackRule({
  id: "K8S-04",
  title: "In a namespace with workloads of ours nothing is reached, and reaches anything, unless a policy allows it",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.3.2", "CIS EKS 5.4.4"],
  remediation:
    'Add a NetworkPolicy with `podSelector: {}` and `policyTypes: ["Ingress", "Egress"]`, or make the namespace with `FencedNamespace`.',
  peers: ["KSV-0038", "polaris", "kube-linter", "kyverno add-network-policy"],
  relate: (resources) => {
    // Of what a chart brings nothing is seen here: its namespaces are not ours to close.
    const inhabited = new Set(resources.filter(({ type }) => WORKLOADS.includes(type)).map(namespaceOf));
    const denials = resources.filter(({ type, inputs }) => type === NETWORK_POLICY && selectsAll(inputs.spec.podSelector));
    return resources
      .filter(({ type, inputs }) => type === NAMESPACE && (isOurs(inputs) || inhabited.has(inputs.metadata?.name)))
      .flatMap((namespace) => {
        const name: string = namespace.inputs.metadata.name;
        const own = denials.filter((policy) => namespaceOf(policy) === name).map(({ inputs }) => inputs.spec);
        const open = [
          ...(own.some((spec) => denies(spec, "Ingress", spec.ingress)) ? [] : ["ingress"]),
          ...(own.some((spec) => denies(spec, "Egress", spec.egress)) ? [] : ["egress"]),
        ];
        return open.length === 0
          ? []
          : [
              {
                resource: namespace,
                property: "metadata.name",
                got: name,
                want: `a namespace with a NetworkPolicy that denies all ${open.join(" and ")} by default`,
              },
            ];
      });
  },
});

const isOurs = ({ metadata }: any): boolean => OURS.some((label) => label in (metadata?.labels ?? {}));

const selectsAll = ({ matchLabels = {}, matchExpressions = [] }: any): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;

const denies = (spec: any, direction: "Ingress" | "Egress", allowed: unknown[] = []): boolean =>
  allowed.length === 0 && (spec.policyTypes ?? ["Ingress"]).includes(direction);

/** A list of strings in the Common Expression Language. */
function list(values: readonly string[]): string {
  return `[${values.map((value) => `'${value}'`).join(", ")}]`;
}

export const K8S_NAMESPACES: readonly Rule[] = [podSecurityLevel, deniesByDefault];
