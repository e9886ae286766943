import { type Fault, together, unless } from "../../findings.ts";
import { expressionsShown } from "../../kubernetes/objects.ts";
import { type Bag, bag, bags, list, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import {
  BINDINGS,
  ESCALATING,
  EVERY_POD,
  NOBODY_KNOWN,
  RELEASED,
  ROLES,
  ROUTES,
  SHELLS,
  WAYS_ROUND,
  WIDE,
  WRITES,
} from "./rights.ts";

interface Parameters {
  /** Users, groups and service accounts that may have one of Kubernetes' own roles `cluster-admin`, `admin` and `edit`. */
  admins: readonly string[];
  /** Names of roles that may read secrets they do not name. */
  secretReaders: readonly string[];
  /** Names of roles that may open a shell in a pod; `*` for all. */
  shells: readonly string[];
  /** Namespaces of teams begin with one of these. No service account of one team has rights in the namespace of another. */
  teams: readonly string[];
  /** Namespaces that serve models begin with this. No role writes their routes and releases. Empty: nobody is asked about either. */
  models: string;
}

/** People become administrators through EKS access entries, which AWS logs. In prod only administrators may open shells. */
const STRICT: Parameters = { admins: [], secretReaders: [], shells: [], teams: ["team-", "models-"], models: "models-" };

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
  elsewhere: { ...STRICT, teams: [], models: "" },
  types: [...ROLES, ...BINDINGS],
  check: ({ type, inputs }, parameters) =>
    ROLES.includes(type)
      ? together(
          bags(inputs, "rules").map((granted, index) => () => tooMuch(granted, `rules[${index}]`, inputs, parameters)),
          () => collected(inputs),
        )
      : together(
          bags(inputs, "subjects").map((subject, index) => () => tooMany(subject, `subjects[${index}]`, inputs, parameters)),
        ),
});

function tooMuch(granted: Bag, path: string, role: Bag, { secretReaders, shells, models }: Parameters): Fault[] {
  const verbs = texts(granted, "verbs");
  const resources = texts(granted, "resources");
  const named = list(granted, "resourceNames").length > 0;
  const can = (...wanted: string[]) => verbs.some((verb) => wanted.includes(verb));
  // The name is read only if it could matter.
  const listed = (names: readonly string[]) =>
    names.includes("*") || (names.length > 0 && names.includes(text(role, "metadata", "name") ?? ""));
  const faults: Fault[] = [];
  const wrong = (property: "verbs" | "resources" | "apiGroups", got: string, want: string): void => {
    faults.push({ property: `${path}.${property}`, got, want });
  };
  if (verbs.includes("*")) {
    wrong("verbs", "*", "verbs by name");
  }
  if (resources.some((resource) => resource.includes("*"))) {
    wrong("resources", resources.join(", "), "resources by name");
  }
  if (texts(granted, "apiGroups").includes("*")) {
    wrong("apiGroups", "*", "API groups by name");
  }
  for (const verb of verbs.filter((each) => ESCALATING.includes(each))) {
    wrong("verbs", verb, `verbs other than ${ESCALATING.join(", ")}`);
  }
  // A list or a watch answers with the whole secret, whatever names are asked for.
  if (resources.includes("secrets") && (can("list", "watch") || (can("get") && !named)) && !listed(secretReaders)) {
    wrong("resources", "secrets", "`get` of secrets by `resourceNames`, unless the role is listed in 'secretReaders'");
  }
  if (resources.includes("secrets") && can(...WRITES) && !named && !listed(secretReaders)) {
    wrong("verbs", verbs.join(", "), "verbs that change no secret, unless they name it in `resourceNames`");
  }
  if (resources.includes("serviceaccounts/token") && can("create")) {
    wrong("resources", "serviceaccounts/token", "resources that give no token of another account");
  }
  for (const resource of resources.filter((each) => can(...(WAYS_ROUND.get(each) ?? [])))) {
    wrong("resources", resource, "resources that do not bypass the cluster's own checks");
  }
  const shell = resources.find((resource) => can(...(SHELLS.get(resource) ?? [])));
  if (shell !== undefined && !listed(shells)) {
    wrong("resources", shell, "resources that do not open a way into a pod");
  }
  const owned = resources.filter((each) => ROUTES.includes(each) || RELEASED.includes(each));
  if (models !== "" && owned.length > 0 && can(...WRITES)) {
    const steers = owned.filter(
      (each) => ROUTES.includes(each) || (text(role, "metadata", "namespace") ?? "").startsWith(models),
    );
    for (const resource of steers) {
      wrong("resources", resource, "resources that no controller of releases or routes owns");
    }
  }
  return faults;
}

/** Labels of the roles that Kubernetes collects into its own roles `admin` and `edit`. */
const COLLECTED_BY_WIDE = /^rbac\.authorization\.k8s\.io\/aggregate-to-(admin|edit)$/;

/** A role may take over the rights of others, by their labels: of all others, where it names no label with its value. */
const collected = (role: Bag): Fault[] =>
  bags(role, "aggregationRule", "clusterRoleSelectors").flatMap((selector, index) => {
    const labels = Object.keys(bag(selector, "matchLabels"));
    const named = bags(selector, "matchExpressions").filter((each) => text(each, "operator") === "In");
    const keys = [...labels, ...named.map((each) => text(each, "key") ?? "nothing")];
    const want = "a label with its value, of roles that were made for this one";
    return unless(keys.length > 0 && !keys.some((key) => COLLECTED_BY_WIDE.test(key)), {
      property: `aggregationRule.clusterRoleSelectors[${index}]`,
      got: keys.join(", ") || expressionsShown(selector) || "every role",
      want,
    });
  });

function tooMany(subject: Bag, path: string, binding: Bag, { admins, teams }: Parameters): Fault[] {
  const name = text(subject, "name") ?? "nothing";
  const wrong = (key: "name" | "namespace", got: string, want: string): Fault[] => [{ property: `${path}.${key}`, got, want }];
  if (NOBODY_KNOWN.includes(name) || name === EVERY_POD || name.startsWith(`${EVERY_POD}:`)) {
    return wrong("name", name, "a subject that stands for named people or for one service account");
  }
  if (WIDE.includes(text(binding, "roleRef", "name") ?? "") && text(binding, "roleRef", "kind") === "ClusterRole") {
    return admins.includes(name) ? [] : wrong("name", name, "a listed administrator, or the subject of a narrower role");
  }
  if (text(subject, "kind") !== "ServiceAccount") {
    return [];
  }
  if (name === "default") {
    return wrong("name", name, "a service account that only the pods have that need the role");
  }
  const [its, here] = [text(subject, "namespace"), text(binding, "metadata", "namespace")];
  return its !== undefined && here !== undefined && its !== here && teams.some((prefix) => its.startsWith(prefix))
    ? wrong("namespace", its, `'${here}', the namespace of the binding`)
    : [];
}
