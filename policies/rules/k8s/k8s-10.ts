import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { selectsNobody } from "../../kubernetes/selected.ts";
import { SERVICE } from "../../kubernetes/types.ts";
import { bag, bags, hasKey, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";

export const K8S_10 = stackRule({
  id: "K8S-10",
  title: "Requests come in through named hosts over TLS: no Service opens its nodes, and each Service has pods",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 5.4.5"],
  remediation:
    "Make the Service a `ClusterIP` and route to it from the gateway. Name the hosts of an Ingress, and repeat each of them under `tls`. Give a Service the labels of its pods as selector.",
  peers: [
    "polaris",
    "kube-linter",
    "kyverno restrict-nodeport",
    "kyverno restrict-external-ips",
    "kyverno require-ingress-https",
  ],
  relate: (resources) =>
    ofEach(
      resources.filter(({ type }) => [SERVICE, INGRESS].includes(type)),
      (resource) => (resource.type === SERVICE ? openings(resource, resources) : plainHosts(resource)),
    ),
});

function openings(resource: Resource, resources: readonly Resource[]): Finding[] {
  const spec = bag(resource.inputs, "spec");
  const wrong = (property: string, got: string, want: string): Fault => ({ resource, property: `spec.${property}`, got, want });
  return together(
    () => {
      const type = text(spec, "type") ?? "ClusterIP";
      return unless(!["NodePort", "ExternalName"].includes(type), wrong("type", type, "ClusterIP"));
    },
    () => {
      const addresses = texts(spec, "externalIPs").join(", ");
      return unless(addresses === "", wrong("externalIPs", addresses, "left out"));
    },
    () => {
      const selector = bag(spec, "selector");
      const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      return unless(
        labels.length === 0 || !selectsNobody(selector, namespaceOf(resource), resources),
        wrong("selector", labels.join(", "), `labels of pods in the namespace '${namespaceOf(resource)}'`),
      );
    },
  );
}

function plainHosts(resource: Resource): Finding[] {
  const spec = bag(resource.inputs, "spec");
  const covered = bags(spec, "tls").flatMap((each) => texts(each, "hosts"));
  const rules = bags(spec, "rules");
  return together(
    () =>
      unless(rules.length > 0 || !hasKey(spec, "defaultBackend"), {
        resource,
        property: "spec.defaultBackend",
        got: "every host",
        want: "rules with named hosts",
      }),
    ...rules.map((each, index) => () => hostFaults(resource, `spec.rules[${index}].host`, text(each, "host"), covered)),
  );
}

const hostFaults = (resource: Resource, property: string, host: string | undefined, covered: readonly string[]): Fault[] =>
  host === undefined || host === "*"
    ? [{ resource, property, got: host ?? "every host", want: "one whole host" }]
    : unless(
        covered.some((each) => covers(each, host)),
        { resource, property, got: host, want: "a host that `spec.tls` names too" },
      );

/** A certificate for `*.example.com` covers one more label. */
const covers = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith("*.") && host.slice(host.indexOf(".")) === pattern.slice(1));
