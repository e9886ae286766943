import type { Resource } from "../resource.ts";
import { type Fault, levels, stackRule } from "../rule.ts";
import { together } from "../together.ts";
import { injected, injectionOf, istioTypes, NAMESPACE, nameOf, ROOT_NAMESPACE } from "./istio.ts";
import { ingressPolicies, openings } from "./network-reach.ts";
import { SERVES } from "./team-namespaces.ts";
import { namespaceOf } from "./workloads.ts";

const AUTHORIZATION_POLICIES = istioTypes("security.istio.io", "AuthorizationPolicy");

/** `serves` is the label of namespaces that hold model servers; `callers` are the namespaces that may call them. */
const REACH = {
  rootNamespace: ROOT_NAMESPACE,
  serves: SERVES,
  callers: ["istio-ingress", "monitoring"],
};

/**
 * Where pods have a proxy, the mesh says who may call whom. Where they have none (docs/decisions/gateway-only.md) an
 * AuthorizationPolicy binds nobody: there, network policies must let nobody but the gateway and monitoring into namespaces of model
 * servers, and that is what is looked at.
 */
export const callers = stackRule({
  id: "MESH-02",
  title:
    "Nobody calls a service unless named: by the mesh where pods have a proxy, else by network policies that let in only the gateway",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.6"],
  remediation:
    "With sidecars, deny all by an AuthorizationPolicy `spec: {}` and allow named principals; without, name the callers' namespaces in each NetworkPolicy.",
  peers: ["kyverno require-authorizationpolicy"],
  parameters: { dev: REACH, staging: REACH, prod: REACH },
  relate: (resources, { rootNamespace, serves, callers: allowed }) => {
    const meshed = injected(resources);
    const fences = ingressPolicies(resources);
    const binding = resources.filter(
      (resource) =>
        AUTHORIZATION_POLICIES.includes(resource.type) &&
        [rootNamespace, ...meshed.map(({ name }) => name)].includes(namespaceOf(resource)),
    );
    const denied = (namespace: string): boolean =>
      binding.some((policy) => [namespace, rootNamespace].includes(namespaceOf(policy)) && deniesAll(policy.inputs.spec ?? {}));
    return together(
      ...binding.map((policy) => () => anonymousCallers(policy)),
      ...meshed.map(({ resource, name }) => () => {
        const want = `\`spec: {}\` in the namespace '${name}' or in '${rootNamespace}'`;
        return denied(name) ? [] : [{ resource, property: "AuthorizationPolicy", got: "nothing", want }];
      }),
      ...resources
        .filter(({ type, inputs }) => type === NAMESPACE && serves in (inputs.metadata?.labels ?? {}))
        .filter((namespace) => injectionOf(namespace) === undefined)
        .map((namespace) => () => openings(namespace, fences.get(nameOf(namespace)) ?? [], allowed)),
    );
  },
});

const deniesAll = ({ action = "ALLOW", rules = [], selector }: any): boolean =>
  action === "ALLOW" && rules.length === 0 && selector === undefined;

/** An ALLOW that names nobody allows everybody. */
function anonymousCallers(resource: Resource): Fault[] {
  const { action = "ALLOW", rules = [] } = resource.inputs.spec ?? {};
  return action !== "ALLOW"
    ? []
    : rules.flatMap((rule: any, at: number) => {
        const sources: any[] = (rule.from ?? []).map(({ source }: any) => source ?? {});
        const principals: string[] = sources.flatMap((source) => source.principals ?? source.serviceAccounts ?? ["anybody"]);
        const unnamed = sources.length === 0 ? ["anybody"] : principals.filter((principal) => /^(\*|anybody)$/.test(principal));
        return unnamed
          .slice(0, 1)
          .map((got) => ({ resource, property: `spec.rules[${at}].from`, got, want: "named principals, one for each caller" }));
      });
}
