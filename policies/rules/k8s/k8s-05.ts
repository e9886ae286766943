import { type Fault, together } from "../../findings.ts";
import { type Bag, bags, list, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const ROLES = ["kubernetes:rbac.authorization.k8s.io/v1:Role", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"];
const BINDINGS = [
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
];

/** Each lets its holder act as somebody else, or gain missing rights (Kubernetes documentation, "RBAC Good Practices"). */
const ESCALATING = ["escalate", "bind", "impersonate"];

/** Each leads into a pod that runs: a shell, a port behind its fences, or one more container. */
const SHELLS = ["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"];

/** Verbs on resources that bypass the checks of the API server, from the CIS benchmark (4.1.9 to 4.1.12). */
const WAYS_ROUND: ReadonlyMap<string, readonly string[]> = new Map([
  ["persistentvolumes", ["create"]],
  ["nodes/proxy", ["get", "create"]],
  ["certificatesigningrequests/approval", ["update", "patch"]],
  ["validatingwebhookconfigurations", ["create", "update", "patch", "delete"]],
  ["mutatingwebhookconfigurations", ["create", "update", "patch", "delete"]],
  ["validatingadmissionpolicies", ["create", "update", "patch", "delete"]],
  ["validatingadmissionpolicybindings", ["create", "update", "patch", "delete"]],
  ["mutatingadmissionpolicies", ["create", "update", "patch", "delete"]],
  ["mutatingadmissionpolicybindings", ["create", "update", "patch", "delete"]],
  // Labels of namespaces say how their pods are confined, and which guardrails look at them.
  ["namespaces", ["update", "patch"]],
]);

/** What fences a namespace in. Who lives inside it must not move the fence. */
const FENCES = ["networkpolicies", "resourcequotas", "limitranges"];
const WRITING = ["create", "update", "patch", "delete", "deletecollection"];

/** Roles of Kubernetes itself that read every secret of where they are bound. */
const WIDE_ROLES = ["cluster-admin", "admin", "edit"];

/** Groups that include everybody, or that no rule can restrict. */
const NOBODY_KNOWN = [
  "system:masters",
  "system:anonymous",
  "system:unauthenticated",
  "system:authenticated",
  "system:serviceaccounts",
];

/** Every account of a namespace, and the account of every pod that names none. */
const isCrowd = (kind: string | undefined, name: string): boolean =>
  NOBODY_KNOWN.includes(name) || name.startsWith("system:serviceaccounts:") || (kind === "ServiceAccount" && name === "default");

interface Parameters {
  /** Users, groups and service accounts that may be `cluster-admin`. */
  admins: readonly string[];
  /** Names of roles that may read secrets they do not name. */
  secretReaders: readonly string[];
  /** Names of roles that may open a shell in a pod; `*` for all. */
  shells: readonly string[];
}

/** People become administrators through EKS access entries, which AWS logs. In prod only administrators may open shells. */
const STRICT: Parameters = { admins: [], secretReaders: [], shells: [] };

export const K8S_05 = rule<Parameters>({
  id: "K8S-05",
  title:
    "Roles name verbs and resources, nobody can raise their own rights, and only listed roles can read secrets or open shells",
  severity: "critical",
  levels: levels("A/M/M"),
  frameworks: [
    "CIS EKS 4.1.1",
    "CIS EKS 4.1.2",
    "CIS EKS 4.1.3",
    "CIS EKS 4.1.4",
    "CIS EKS 4.1.8",
    "CIS EKS 4.1.9",
    "CIS EKS 4.1.10",
    "CIS EKS 4.1.11",
    "CIS EKS 4.1.12",
  ],
  remediation:
    "Name each verb and resource that is needed, and name secrets in `resourceNames`. List those who need more in the parameters `admins`, `secretReaders` or `shells`.",
  peers: [
    "CKV_K8S_49",
    "CKV_K8S_155",
    "CKV_K8S_156",
    "CKV_K8S_157",
    "CKV_K8S_158",
    "KSV-0041",
    "KSV-0042",
    "KSV-0043",
    "KSV-0044",
    "KSV-0045",
    "KSV-0046",
    "polaris",
    "kube-linter",
    "prowler",
  ],
  parameters: { dev: { ...STRICT, shells: ["*"] }, staging: { ...STRICT, shells: ["*"] }, prod: STRICT },
  types: [...ROLES, ...BINDINGS],
  check: ({ type, inputs }, parameters) =>
    ROLES.includes(type)
      ? together(
          bags(inputs, "rules").map((granted, index) => () => {
            const isInside = type.endsWith(":Role");
            return tooMuch(granted, `rules[${index}]`, { role: inputs, isInside }, parameters);
          }),
        )
      : tooMany(inputs, parameters),
});

interface Holder {
  role: Bag;
  /** Whether the role is for one namespace. */
  isInside: boolean;
}

function tooMuch(granted: Bag, path: string, { role, isInside }: Holder, { secretReaders, shells }: Parameters): Fault[] {
  const verbs = texts(granted, "verbs");
  const resources = texts(granted, "resources");
  const named = list(granted, "resourceNames").length > 0;
  const can = (...wanted: string[]) => verbs.some((verb) => wanted.includes(verb));
  // The name is read only if it could matter.
  const listed = (names: readonly string[]) =>
    names.includes("*") || (names.length > 0 && names.includes(text(role, "metadata", "name") ?? ""));
  const faults: Fault[] = [];
  const wrong = (property: "verbs" | "resources", got: string, want: string): void => {
    faults.push({ property: `${path}.${property}`, got, want });
  };
  if (verbs.includes("*")) {
    wrong("verbs", "*", "verbs by name");
  }
  if (resources.some((resource) => resource.includes("*"))) {
    wrong("resources", resources.join(", "), "resources by name");
  }
  for (const verb of verbs.filter((each) => ESCALATING.includes(each))) {
    wrong("verbs", verb, `verbs other than ${ESCALATING.join(", ")}`);
  }
  // A list or a watch answers with the whole secret, whatever names are asked for.
  if (resources.includes("secrets") && (can("list", "watch") || (can("get") && !named)) && !listed(secretReaders)) {
    wrong("resources", "secrets", "`get` of secrets by `resourceNames`, unless the role is listed in 'secretReaders'");
  }
  if (resources.includes("serviceaccounts/token") && can("create")) {
    wrong("resources", "serviceaccounts/token", "resources that give no token of another account");
  }
  for (const resource of resources.filter((each) => can(...(WAYS_ROUND.get(each) ?? [])))) {
    wrong("resources", resource, "resources that do not bypass the cluster's own checks");
  }
  const shell = resources.find((resource) => SHELLS.includes(resource));
  if (shell !== undefined && can("create", "get", "update", "patch") && !listed(shells)) {
    wrong("resources", shell, "resources that do not lead into a running pod");
  }
  for (const fence of isInside ? resources.filter((each) => FENCES.includes(each) && can(...WRITING)) : []) {
    wrong("resources", fence, "resources that do not fence the namespace in");
  }
  if (texts(granted, "apiGroups").includes("*")) {
    faults.push({ property: `${path}.apiGroups`, got: "*", want: "groups by name" });
  }
  return faults;
}

function tooMany(inputs: Bag, { admins }: Parameters): Fault[] {
  const role = text(inputs, "roleRef", "name") ?? "";
  const administers = text(inputs, "roleRef", "kind") === "ClusterRole" && WIDE_ROLES.includes(role);
  return bags(inputs, "subjects").flatMap((subject, index): Fault[] => {
    const name = text(subject, "name") ?? "nothing";
    const property = `subjects[${index}].name`;
    if (isCrowd(text(subject, "kind"), name)) {
      return [{ property, got: name, want: "a person, a group of your own or a service account of one program" }];
    }
    return administers && !admins.includes(name) ? [{ property, got: name, want: `a listed administrator, for '${role}'` }] : [];
  });
}
