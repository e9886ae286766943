import { type Fault, ofEach, unless } from "../../findings.ts";
import { NAMESPACE_NAME, SERVES, TEAM, TRACKING } from "../../kubernetes/labels.ts";
import { binds, bindsAll } from "../../kubernetes/network-policies.ts";
import { labelsOf, nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { NAMESPACE, NETWORK_POLICY } from "../../kubernetes/types.ts";
import { WORKLOADS } from "../../kubernetes/workloads.ts";
import { type Bag, bag, bags, hasKey, isSet, list, number, text } from "../../read.ts";
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
    const closed = new Set(homes.map(nameOf));
    // Who may call models is asked by MESH-02.
    const served = new Set(homes.filter((each) => hasKey(labelsOf(each), SERVES)).map(nameOf));
    const gaps = ofEach(
      resources.filter((each) => each.type === NETWORK_POLICY && closed.has(namespaceOf(each))),
      (policy) => [...wayOut(policy), ...(served.has(namespaceOf(policy)) ? [] : wayIn(policy))],
    );
    const open = ofEach(homes, (resource) => {
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
    // A namespace without a denial is said once, whatever its policies allow.
    const named = new Set(
      open.flatMap((finding) => (finding instanceof Error || finding.resource === undefined ? [] : [nameOf(finding.resource)])),
    );
    return [
      ...open,
      ...gaps.filter(
        (finding) => finding instanceof Error || finding.resource === undefined || !named.has(namespaceOf(finding.resource)),
      ),
    ];
  },
});

const isOurs = (namespace: Resource): boolean => OURS.some((label) => hasKey(labelsOf(namespace), label));

/** Sizes of networks below which an address block is a large part of the internet. */
const WIDE = 8;

/** More ports than a service has. */
const MANY_PORTS = 1024;

/** The address at which a node says who it is (EC2 user guide, "Instance metadata"). */
const OF_NODE = /^169\.254\.169\.254\/|^fd00:ec2::254\//;

const isWide = (block: string): boolean => Number(block.split("/")[1] ?? Number.NaN) < WIDE;

const portsAreMany = (rule: Bag): boolean =>
  bags(rule, "ports").length === 0 ||
  bags(rule, "ports").some(
    (each) => !isSet(each, "port") || (number(each, "endPort") ?? 0) - (number(each, "port") ?? 0) > MANY_PORTS,
  );

function wayOut(resource: Resource): Fault[] {
  return bags(resource.inputs, "spec", "egress").flatMap((rule, index): Fault[] => {
    const peers = bags(rule, "to");
    const blocks = peers.flatMap((peer) => text(peer, "ipBlock", "cidr") ?? []);
    const wide = peers.length === 0 || blocks.some(isWide);
    const node = blocks.find((block) => OF_NODE.test(block));
    return [
      ...unless(!wide || !portsAreMany(rule), {
        resource,
        property: `spec.egress[${index}]`,
        got: "every address on every port",
        want: "limited to ports or to addresses",
      }),
      ...unless(node === undefined, {
        resource,
        property: `spec.egress[${index}].to`,
        got: node ?? "",
        want: "other addresses than that of the node's identity",
      }),
    ];
  });
}

/** Selectors that each namespace fits. */
function isEverywhere(peer: Bag): boolean {
  const selector = bag(peer, "namespaceSelector");
  const asks = bags(selector, "matchExpressions").filter(
    (each) => text(each, "key") !== NAMESPACE_NAME || !["Exists", "NotIn"].includes(text(each, "operator") ?? ""),
  );
  const bare = isSet(peer, "namespaceSelector") && Object.keys(bag(selector, "matchLabels")).length === 0 && asks.length === 0;
  return (bare && !isSet(peer, "podSelector", "matchLabels")) || isWide(text(peer, "ipBlock", "cidr") ?? "");
}

function wayIn(resource: Resource): Fault[] {
  return bags(resource.inputs, "spec", "ingress").flatMap((rule, index): Fault[] => {
    const peers = bags(rule, "from");
    const open = peers.length === 0 ? "everybody" : peers.some(isEverywhere) ? "every namespace or address" : undefined;
    return unless(open === undefined, {
      resource,
      property: `spec.ingress[${index}].from`,
      got: open ?? "",
      want: "callers by name",
    });
  });
}
