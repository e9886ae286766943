import { isWideOpen } from "../../aws/networks.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { withoutProxy } from "../../kubernetes/istio.ts";
import { NAMESPACE_NAME, SERVES } from "../../kubernetes/labels.ts";
import { binds } from "../../kubernetes/network-policies.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { selectsNobody } from "../../kubernetes/selected.ts";
import { NAMESPACE, NETWORK_POLICY } from "../../kubernetes/types.ts";
import { type Bag, bag, bags, isSet, list, number, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** The metadata service of EC2, where a node's role is to be had (EC2 user guide, "Instance metadata"). */
const METADATA = { ipv4: "169.254.169.254/32", ipv6: "fd00:ec2::254/128", port: 80 };

const metadataBeside = (cidr: string): string => (cidr.includes(":") ? METADATA.ipv6 : METADATA.ipv4);

/** Networks of link-local addresses, in which the metadata service lies. */
const AROUND_METADATA = ["169.254.0.0/16", "169.254.169.0/24", "fd00:ec2::/32", "fd00:ec2::/64"];

/** More ports than one service names in a range. */
const MANY_PORTS = 100;

export const K8S_11 = stackRule({
  id: "K8S-11",
  title: "A network policy names who may call its pods, and on which ports its pods may call the internet",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 5.4.4"],
  remediation:
    "Name the callers with `namespaceSelector` and `podSelector`. Name each port of a rule to the internet, and except `169.254.169.254/32`. Name each direction that has rules in `policyTypes`.",
  types: [NETWORK_POLICY, NAMESPACE],
  relate: (resources) => {
    // MESH-02 names the callers of these.
    const served = new Set(withoutProxy(resources, SERVES).map(nameOf));
    return ofEach(
      resources.filter(({ type }) => type === NETWORK_POLICY),
      (policy) => faultsOf(policy, resources, served),
    );
  },
});

const faultsOf = (resource: Resource, resources: readonly Resource[], served: ReadonlySet<string>): Finding[] =>
  together(
    () =>
      bags(resource.inputs, "spec", "ingress").flatMap((each, index) =>
        served.has(namespaceOf(resource)) ? [] : callers(resource, each, `spec.ingress[${index}]`),
      ),
    () => bags(resource.inputs, "spec", "egress").flatMap((each, index) => called(resource, each, `spec.egress[${index}]`)),
    () => unbound(resource),
    () => selection(resource, resources),
  );

function callers(resource: Resource, rule: Bag, path: string): Fault[] {
  const peers = bags(rule, "from");
  const wrong = (property: string, got: string): Fault => ({ resource, property, got, want: "named callers" });
  return peers.length === 0
    ? [wrong(`${path}.from`, "everybody")]
    : peers.flatMap((peer, index) =>
        unless(!isEverybody(peer), wrong(`${path}.from[${index}]`, text(peer, "ipBlock", "cidr") ?? "every namespace")),
      );
}

/** An empty selector of namespaces selects all, and so does one for a label that every namespace has. */
function isEverybody(peer: Bag): boolean {
  const namespaces = bag(peer, "namespaceSelector");
  const anyNamespace =
    isSet(peer, "namespaceSelector") &&
    Object.keys(bag(namespaces, "matchLabels")).length === 0 &&
    bags(namespaces, "matchExpressions").every(
      (each) => text(each, "key") === NAMESPACE_NAME && ["Exists", "NotIn"].includes(text(each, "operator") ?? ""),
    );
  return (anyNamespace && !namesPods(peer)) || isWideOpen(text(peer, "ipBlock", "cidr") ?? "");
}

const namesPods = (peer: Bag): boolean =>
  Object.keys(bag(peer, "podSelector", "matchLabels")).length > 0 ||
  bags(peer, "podSelector", "matchExpressions").some((each) => text(each, "operator") === "In");

function called(resource: Resource, rule: Bag, path: string): Fault[] {
  const ports = bags(rule, "ports");
  const peers = bags(rule, "to");
  const internet = peers.length === 0 || peers.some((peer) => isWideOpen(text(peer, "ipBlock", "cidr") ?? ""));
  const range = ports.find(
    (port) => !isSet(port, "port") || (number(port, "endPort") ?? 0) - (number(port, "port") ?? 0) > MANY_PORTS,
  );
  return [
    ...unless(!internet || (ports.length > 0 && range === undefined), {
      resource,
      property: `${path}.ports`,
      got: range === undefined ? "every port" : `${shown(range["port"])} to ${shown(range["endPort"])}`,
      want: "named ports, as the rule is about the internet",
    }),
    ...peers.flatMap((peer, index) =>
      unless(!reachesMetadata(peer, ports), {
        resource,
        property: `${path}.to[${index}].ipBlock`,
        got: shown(text(peer, "ipBlock", "cidr")),
        want: `without ${metadataBeside(text(peer, "ipBlock", "cidr") ?? "")}, where a node's role is to be had`,
      }),
    ),
  ];
}

/** Nothing else lies at the address itself. A wide block is meant for the internet; on the port of the service it needs an exception. */
function reachesMetadata(peer: Bag, ports: readonly Bag[]): boolean {
  const cidr = text(peer, "ipBlock", "cidr") ?? "";
  const itself = metadataBeside(cidr);
  const open = ports.length === 0 || ports.some((port) => admits(port, METADATA.port));
  return (
    cidr === itself ||
    (open &&
      (AROUND_METADATA.includes(cidr) || isWideOpen(cidr)) &&
      !texts(peer, "ipBlock", "except").some((each) => each === itself || AROUND_METADATA.includes(each)))
  );
}

/** A port without a number is every port; with a last one it is a range. */
function admits(port: Bag, wanted: number): boolean {
  const first = number(port, "port");
  return !isSet(port, "port") || (first !== undefined && first <= wanted && wanted <= (number(port, "endPort") ?? first));
}

/** Rules of a direction that the policy does not name have no effect. */
const unbound = (resource: Resource): Fault[] =>
  (["Ingress", "Egress"] as const).flatMap((direction) =>
    unless(binds(resource, direction) || list(resource.inputs, "spec", direction.toLowerCase()).length === 0, {
      resource,
      property: "spec.policyTypes",
      got: texts(resource.inputs, "spec", "policyTypes").join(", ") || "nothing",
      want: `a list with ${direction}, as the policy has such rules`,
    }),
  );

function selection(resource: Resource, resources: readonly Resource[]): Fault[] {
  const labels = bag(resource.inputs, "spec", "podSelector", "matchLabels");
  const namespace = namespaceOf(resource);
  return unless(Object.keys(labels).length === 0 || !selectsNobody(labels, namespace, resources), {
    resource,
    property: "spec.podSelector.matchLabels",
    got: Object.entries(labels)
      .map(([key, value]) => `${key}=${shown(value)}`)
      .join(", "),
    want: `labels of pods in the namespace '${namespace}'`,
  });
}
