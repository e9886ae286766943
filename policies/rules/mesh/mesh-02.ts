import { type Fault, ofEach, together } from "../../findings.ts";
import { injected, istioTypes, ROOT_NAMESPACE, VIRTUAL_SERVICES, withoutProxy } from "../../kubernetes/istio.ts";
import { SERVES } from "../../kubernetes/labels.ts";
import { ingressPolicies, openings } from "../../kubernetes/network-policies.ts";
import { nameOf, namespaceOf, placeOf } from "../../kubernetes/objects.ts";
import { NAMESPACE, SERVICE } from "../../kubernetes/types.ts";
import { bag, bags, isSet, list, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { httpOf, mirrorsOf, serviceAt } from "../can/routes.ts";

const AUTHORIZATION_POLICIES = istioTypes("security.istio.io", "AuthorizationPolicy");

/** `serves` is the label of namespaces that hold model servers; `callers` are the namespaces that may call them. */
const REACH = {
  rootNamespace: ROOT_NAMESPACE,
  serves: SERVES,
  callers: ["istio-ingress", "monitoring"],
};

/**
 * If pods have a proxy, the mesh decides who may call each service. If they have no proxy (docs/decisions/gateway-only.md), an
 * AuthorizationPolicy has no effect. Then network policies must admit only the gateway and monitoring to namespaces of model servers,
 * and this rule checks them.
 */
export const MESH_02 = stackRule({
  id: "MESH-02",
  title:
    "Only named callers reach a service: the mesh checks them where pods have a proxy, elsewhere network policies admit only the gateway",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.6"],
  remediation:
    "With sidecars, deny everything with an AuthorizationPolicy `spec: {}` and allow named principals. Without sidecars, name the callers' namespaces in each NetworkPolicy.",
  peers: ["kyverno require-authorizationpolicy"],
  parameters: { dev: REACH, staging: REACH, prod: REACH },
  types: [...AUTHORIZATION_POLICIES, NAMESPACE],
  relate: (resources, { rootNamespace, serves, callers }) => {
    const meshed = injected(resources);
    const binding = resources.filter(
      (resource) =>
        AUTHORIZATION_POLICIES.includes(resource.type) &&
        [rootNamespace, ...meshed.map(({ name }) => name)].includes(namespaceOf(resource)),
    );
    const denied = (namespace: string): boolean =>
      binding.some((policy) => [namespace, rootNamespace].includes(namespaceOf(policy)) && deniesAll(policy));
    return together(
      () => ofEach(binding, anonymousCallers),
      () =>
        meshed
          .filter(({ name }) => !denied(name))
          .map(({ resource, name }) => ({
            resource,
            property: "AuthorizationPolicy",
            got: "nothing",
            want: `\`spec: {}\` in the namespace '${name}' or in '${rootNamespace}'`,
          })),
      () => {
        const fences = ingressPolicies(resources);
        const comparers = mirroredTo(resources);
        return ofEach(withoutProxy(resources, serves), (namespace) =>
          openings(
            namespace,
            fences.get(nameOf(namespace)) ?? [],
            callers,
            comparers
              .filter((each) => namespaceOf(each) === nameOf(namespace))
              .map(({ inputs }) => bag(inputs, "spec", "selector")),
          ),
        );
      },
    );
  },
});

/** Services that get copies of requests from the gateway: their pods ask the versions that they compare. */
function mirroredTo(resources: readonly Resource[]): Resource[] {
  const routes = resources.filter(({ type }) => VIRTUAL_SERVICES.includes(type));
  const copied = routes.flatMap((route) =>
    httpOf(route).flatMap((http) => mirrorsOf(http).map((host) => serviceAt(host, route))),
  );
  return resources.filter((each) => each.type === SERVICE && copied.includes(placeOf(each)));
}

const allows = ({ inputs }: Resource): boolean => (text(inputs, "spec", "action") ?? "ALLOW") === "ALLOW";

const deniesAll = (policy: Resource): boolean =>
  allows(policy) && list(policy.inputs, "spec", "rules").length === 0 && !isSet(policy.inputs, "spec", "selector");

/** An ALLOW without names allows everybody. */
function anonymousCallers(resource: Resource): Fault[] {
  return allows(resource)
    ? bags(resource.inputs, "spec", "rules").flatMap((rule, index) => {
        const sources = bags(rule, "from").map((from) => bag(from, "source"));
        const principals = sources.flatMap((source) =>
          isSet(source, "principals")
            ? texts(source, "principals")
            : isSet(source, "serviceAccounts")
              ? texts(source, "serviceAccounts")
              : ["anybody"],
        );
        const unnamed =
          principals.length === 0 ? ["anybody"] : principals.filter((principal) => /^(\*|anybody)$/.test(principal));
        const property = `spec.rules[${index}].from`;
        return unnamed.slice(0, 1).map((got) => ({ resource, property, got, want: "named principals, one for each caller" }));
      })
    : [];
}
