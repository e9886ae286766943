import { type Fault, type Finding, ofEach, unless } from "../../findings.ts";
import { istioTypes, VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { SERVES } from "../../kubernetes/labels.ts";
import { labelsOf, nameOf, namespaceOf, placeOf } from "../../kubernetes/objects.ts";
import { NAMESPACE } from "../../kubernetes/types.ts";
import { hasKey, isSet, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const GATEWAYS = istioTypes("networking.istio.io", "Gateway");

/** Istio's word for every proxy of the mesh, and what holds without a list. */
const MESH = "mesh";

interface Ways {
  /** Label of namespaces that hold model servers. */
  serves: string;
  /** Gateways of other stacks, `<namespace>/<name>`. */
  gateways: readonly string[];
}

const INGRESS: Ways = { serves: SERVES, gateways: ["istio-ingress/ingress"] };

export const MESH_07 = stackRule<Ways>({
  id: "MESH-07",
  title: "Requests of a model come by a gateway that exists, and by no other way",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["AISF-IAM-08", "SOC2 CC6.6"],
  remediation:
    "Name a Gateway in `gateways`, `<namespace>/<name>`, and leave out `mesh` where models are served: the gateway checks who calls, and it measures.",
  parameters: { dev: INGRESS, staging: INGRESS, prod: INGRESS },
  elsewhere: { serves: SERVES, gateways: [] },
  types: [...VIRTUAL_SERVICES, ...GATEWAYS],
  relate: (resources, { serves, gateways }) => {
    const serving = resources.filter((each) => each.type === NAMESPACE && hasKey(labelsOf(each), serves)).map(nameOf);
    const known = [...gateways, ...resources.filter(({ type }) => GATEWAYS.includes(type)).map(placeOf)];
    return ofEach(
      // A delegate has no hosts, and comes by the way of its root.
      resources.filter(({ type, inputs }) => VIRTUAL_SERVICES.includes(type) && isSet(inputs, "spec", "hosts")),
      (route) => faultsOf(route, gateways.length > 0 ? known : undefined, serving.includes(namespaceOf(route))),
    );
  },
});

/** @param known gateways that exist; `undefined` where others may make them. */
function faultsOf(resource: Resource, known: readonly string[] | undefined, isServing: boolean): Finding[] {
  const named = texts(resource.inputs, "spec", "gateways");
  const property = "spec.gateways";
  const inside: Fault[] = unless(!isServing || (named.length > 0 && !named.includes(MESH)), {
    resource,
    property,
    got: named.join(", ") || "nothing, which is every proxy of the mesh",
    want: "a list of gateways, without 'mesh', where models are served",
  });
  const strange = named.filter((each) => each !== MESH && known?.includes(placed(each, resource)) === false);
  return [
    ...inside,
    ...strange.map((got) => ({
      resource,
      property,
      got,
      want: `a gateway that exists, ${known?.map((each) => `'${each}'`).join(", ")}`,
    })),
  ];
}

/** `<namespace>/<name>`; a name alone is of the same namespace, `.` means it too. */
function placed(gateway: string, route: Resource): string {
  const [namespace, name] = gateway.includes("/") ? gateway.split("/") : [".", gateway];
  return `${namespace === "." ? namespaceOf(route) : namespace}/${name}`;
}
