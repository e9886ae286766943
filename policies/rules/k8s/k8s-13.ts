import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { selectsNobody } from "../../kubernetes/selected.ts";
import { SERVICE } from "../../kubernetes/types.ts";
import { bag, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Whether a Service may be another name for a host outside of the cluster. */
const INSIDE = { external: false };

export const K8S_13 = stackRule({
  id: "K8S-13",
  title: "A Service stands for pods of its own namespace",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Give the Service the labels of its pods as selector. Name a host outside of the cluster in a ServiceEntry, where the mesh limits who calls it.",
  peers: ["kube-linter dangling-service"],
  parameters: { dev: INSIDE, staging: INSIDE, prod: INSIDE },
  elsewhere: { external: true },
  types: [SERVICE],
  relate: (resources, { external }) =>
    ofEach(
      resources.filter(({ type }) => type === SERVICE),
      (service) => faultsOf(service, resources, external),
    ),
});

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
