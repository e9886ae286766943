import type { Recorded } from "#plan/record";
import type { ResourceAttributes, Subject } from "#rehearsal/access/request";

const RBAC = "kubernetes:rbac.authorization.k8s.io/v1:";

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}

/** Whether declared roles and bindings let somebody do something, as Kubernetes' RBAC authorizer decides ("Using RBAC Authorization"). */
export function rbacAllows(resources: readonly Recorded[], subject: Subject, asked: ResourceAttributes): boolean {
  const ofKind = (kind: string) => resources.filter(({ type }) => type === RBAC + kind).map(({ inputs }) => inputs);
  const namespaced = ofKind("RoleBinding").filter(({ metadata }) => metadata.namespace === asked.namespace);
  return [...ofKind("ClusterRoleBinding"), ...namespaced]
    .filter(({ subjects }) => subjects.some((each: any) => isMeant(each, subject)))
    .flatMap(({ roleRef, metadata }) =>
      ofKind(roleRef.kind).filter(
        (role) =>
          role["metadata"].name === roleRef.name &&
          (roleRef.kind === "ClusterRole" || role["metadata"].namespace === metadata.namespace),
      ),
    )
    .flatMap((role): Rule[] => role["rules"] ?? [])
    .some((rule) => covers(rule, asked));
}

const isMeant = ({ kind, name, namespace }: any, { user, groups }: Subject): boolean =>
  kind === "Group"
    ? groups.includes(name)
    : kind === "ServiceAccount"
      ? user === `system:serviceaccount:${namespace as string}:${name as string}`
      : user === name;

/** A rule with names lets nothing through that is asked of no single object. */
function covers({ apiGroups, resources, verbs, resourceNames = [] }: Rule, asked: ResourceAttributes): boolean {
  const { verb, group, resource, subresource } = asked;
  const has = (list: string[], word: string): boolean => list.includes("*") || list.includes(word);
  const whole = subresource === "" ? resource : `${resource}/${subresource}`;
  const anyOf = subresource !== "" && resources.includes(`*/${subresource}`);
  return resourceNames.length === 0 && has(verbs, verb) && has(apiGroups, group) && (has(resources, whole) || anyOf);
}
