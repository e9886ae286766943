import { ofEach } from "../../findings.ts";
import { SERVES, TEAM, TRACKING } from "../../kubernetes/labels.ts";
import { binds, bindsAll } from "../../kubernetes/network-policies.ts";
import { labelsOf, nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { NAMESPACE, NETWORK_POLICY } from "../../kubernetes/types.ts";
import { WORKLOADS } from "../../kubernetes/workloads.ts";
import { hasKey, list } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Labels of all namespaces in which Millrace runs something for a team. */
const OURS = [SERVES, TEAM, TRACKING];

export const K8S_04 = stackRule({
  id: "K8S-04",
  title: "In namespaces with workloads, all traffic is denied unless a network policy allows it",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.3.2", "CIS EKS 5.4.4"],
  remediation:
    'Add a NetworkPolicy with `podSelector: {}` and `policyTypes: ["Ingress", "Egress"]`, or make the namespace with `FencedNamespace`.',
  peers: ["KSV-0038", "polaris", "kube-linter", "kyverno add-network-policy"],
  types: [...WORKLOADS, NAMESPACE, NETWORK_POLICY],
  relate: (resources) => {
    // Objects of a chart are not visible here, so its namespaces are not checked.
    const inhabited = new Set(resources.filter(({ type }) => WORKLOADS.includes(type)).map(namespaceOf));
    const denials = resources.filter((each) => each.type === NETWORK_POLICY && bindsAll(each));
    const homes = resources.filter((each) => each.type === NAMESPACE && (isOurs(each) || inhabited.has(nameOf(each))));
    return ofEach(homes, (resource) => {
      const name = nameOf(resource);
      const own = denials.filter((policy) => namespaceOf(policy) === name);
      const open = [
        ...(own.some((policy) => binds(policy, "Ingress") && list(policy.inputs, "spec", "ingress").length === 0)
          ? []
          : ["ingress"]),
        ...(own.some((policy) => binds(policy, "Egress") && list(policy.inputs, "spec", "egress").length === 0)
          ? []
          : ["egress"]),
      ];
      const want = `a namespace with a NetworkPolicy that denies all ${open.join(" and ")} by default`;
      return open.length === 0 ? [] : [{ resource, property: "metadata.name", got: name, want }];
    });
  },
});

const isOurs = (namespace: Resource): boolean => OURS.some((label) => hasKey(labelsOf(namespace), label));
