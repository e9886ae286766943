import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { istioTypes, VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { selectsNobody } from "../../kubernetes/selected.ts";
import { SERVICE } from "../../kubernetes/types.ts";
import { type Bag, bag, bags, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { serviceAt } from "../can/routes.ts";

const SERVICE_ENTRIES = istioTypes("networking.istio.io", "ServiceEntry");

interface Outside {
  /** Hosts outside of the cluster that ServiceEntries of other stacks name; `*` for all. */
  hosts: readonly string[];
}
const NOBODY: Outside = { hosts: [] };

export const K8S_13 = stackRule<Outside>({
  id: "K8S-13",
  title: "A Service stands for pods of its own namespace, and a route leads to Services",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Give the Service the labels of its pods as selector. Name a host outside of the cluster in a ServiceEntry, where the mesh limits who calls it.",
  peers: ["kube-linter dangling-service"],
  parameters: { dev: NOBODY, staging: NOBODY, prod: NOBODY },
  elsewhere: { hosts: ["*"] },
  types: [SERVICE, ...VIRTUAL_SERVICES, ...SERVICE_ENTRIES],
  relate: (resources, { hosts }) => {
    const declared = resources.filter(({ type }) => SERVICE_ENTRIES.includes(type));
    const known = [...hosts, ...declared.flatMap(({ inputs }) => texts(inputs, "spec", "hosts"))];
    return [
      ...ofEach(
        resources.filter(({ type }) => type === SERVICE),
        (service) => faultsOf(service, resources, hosts.includes("*")),
      ),
      ...ofEach(
        resources.filter(({ type }) => VIRTUAL_SERVICES.includes(type)),
        (route) => waysOut(route, known),
      ),
    ];
  },
});

/** A route can lead any request of the gateway to a host that somebody else runs. */
const waysOut = (resource: Resource, known: readonly string[]): Finding[] =>
  ["http", "tls", "tcp"].flatMap((kind) =>
    bags(resource.inputs, "spec", kind).flatMap((rule, index) =>
      destinationsOf(rule).flatMap(([path, destination]) => {
        const got = text(destination, "host") ?? "";
        const isKnown = known.some((host) => host === got || (host.startsWith("*") && got.endsWith(host.slice(1))));
        return unless(got === "" || serviceAt(got, resource) !== undefined || isKnown, {
          resource,
          property: `spec.${kind}[${index}].${path}.host`,
          got,
          want: "a Service of the cluster, or a host of a ServiceEntry",
        });
      }),
    ),
  );

/** Where a rule of a route leads, and whom it sends copies. */
const destinationsOf = (rule: Bag): [path: string, destination: Bag][] => [
  ...bags(rule, "route").map((each, index): [string, Bag] => [`route[${index}].destination`, bag(each, "destination")]),
  ...bags(rule, "mirrors").map((each, index): [string, Bag] => [`mirrors[${index}].destination`, bag(each, "destination")]),
  ["mirror", bag(rule, "mirror")],
];

/** `external`: whether a Service may be another name for any host outside of the cluster. */
function faultsOf(resource: Resource, resources: readonly Resource[], external: boolean): Finding[] {
  const spec = bag(resource.inputs, "spec");
  const namespace = namespaceOf(resource);
  const wrong = (property: string, got: string, want: string): Fault => ({ resource, property: `spec.${property}`, got, want });
  return together(
    () => unless(external || text(spec, "type") !== "ExternalName", wrong("type", "ExternalName", "ClusterIP")),
    () => {
      const selector = bag(spec, "selector");
      const labels = Object.entries(selector).map(([key, value]) => `${key}=${shown(value)}`);
      return unless(
        labels.length === 0 || !selectsNobody(selector, namespace, resources),
        wrong("selector", labels.join(", "), `labels of pods in the namespace '${namespace}'`),
      );
    },
  );
}
