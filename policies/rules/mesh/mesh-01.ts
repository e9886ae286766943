import { type Fault, ofEach, together } from "../../findings.ts";
import { DESTINATION_RULES, injected, istioTypes, ROOT_NAMESPACE, trafficPolicies } from "../../kubernetes/istio.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { bag, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const PEER_AUTHENTICATIONS = istioTypes("security.istio.io", "PeerAuthentication");

const PLAIN = ["PERMISSIVE", "DISABLE"];

const MUTUAL_TLS = { rootNamespace: ROOT_NAMESPACE };

/**
 * A namespace whose pods have a proxy must have STRICT. In a mesh with a gateway and no sidecars (docs/decisions/gateway-only.md) no pod
 * has a proxy and a PeerAuthentication has no effect. Then only explicit plain text is refused, and MESH-02 checks the network policies.
 * A policy of the namespace counts like one of the root namespace, which may be in another stack.
 */
export const MESH_01 = stackRule({
  id: "MESH-01",
  title: "Pods with a mesh proxy accept only mutual TLS, and no object of the mesh asks for plain text",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["AISF-INFRA-06"],
  remediation:
    "Add a PeerAuthentication `mtls: { mode: STRICT }` to the mesh's root namespace, and remove PERMISSIVE, DISABLE and exceptions for ports.",
  peers: ["kyverno enforce-strict-mtls"],
  parameters: { dev: MUTUAL_TLS, staging: MUTUAL_TLS, prod: MUTUAL_TLS },
  types: [...PEER_AUTHENTICATIONS, ...DESTINATION_RULES],
  relate: (resources, { rootNamespace }) => {
    const peers = resources.filter(({ type }) => PEER_AUTHENTICATIONS.includes(type));
    const strict = (namespace: string): boolean =>
      peers.some(
        (peer) =>
          [namespace, rootNamespace].includes(namespaceOf(peer)) &&
          text(peer.inputs, "spec", "mtls", "mode") === "STRICT" &&
          !isSet(peer.inputs, "spec", "selector"),
      );
    return together(
      () => ofEach(peers, plainPeers),
      () =>
        ofEach(
          resources.filter(({ type }) => DESTINATION_RULES.includes(type)),
          plainDestinations,
        ),
      () =>
        injected(resources)
          .filter(({ name }) => !strict(name))
          .map(({ resource, name }) => ({
            resource,
            property: "PeerAuthentication",
            got: "nothing",
            want: `STRICT in the namespace '${name}' or in '${rootNamespace}'`,
          })),
    );
  },
  admission: {
    objects: [
      { apiGroups: ["security.istio.io"], apiVersions: ["*"], resources: ["peerauthentications"] },
      { apiGroups: ["networking.istio.io"], apiVersions: ["*"], resources: ["destinationrules"] },
    ],
    variables: [
      { name: "spec", expression: "has(object.spec) ? object.spec : {}" },
      {
        name: "plain",
        expression: `(has(variables.spec.mtls) && ${saysPlain("variables.spec.mtls")}) || (has(variables.spec.portLevelMtls) && variables.spec.portLevelMtls.exists(p, ${saysPlain("variables.spec.portLevelMtls[p]")}))`,
      },
      {
        name: "policies",
        expression:
          "(has(variables.spec.trafficPolicy) ? [variables.spec.trafficPolicy] : []) + (has(variables.spec.subsets) ? variables.spec.subsets.filter(s, has(s.trafficPolicy)).map(s, s.trafficPolicy) : [])",
      },
      {
        name: "disabled",
        expression: `variables.policies.exists(p, (has(p.tls) && ${saysPlain("p.tls")}) || (has(p.portLevelSettings) && p.portLevelSettings.exists(s, has(s.tls) && ${saysPlain("s.tls")})))`,
      },
    ],
    validations: [
      { expression: "!variables.plain", message: "a PeerAuthentication must not say PERMISSIVE or DISABLE" },
      { expression: "!variables.disabled", message: "a DestinationRule must not say `tls: { mode: DISABLE }`" },
    ],
  },
});

function saysPlain(holder: string): string {
  return `has(${holder}.mode) && ${holder}.mode in [${PLAIN.map((mode) => `'${mode}'`).join(", ")}]`;
}

function plainPeers(resource: Resource): Fault[] {
  const ports = bag(resource.inputs, "spec", "portLevelMtls");
  const modes: [string, string | undefined][] = [
    ["spec.mtls.mode", text(resource.inputs, "spec", "mtls", "mode")],
    ...Object.keys(ports).map((port): [string, string | undefined] => [
      `spec.portLevelMtls.${port}.mode`,
      text(ports, port, "mode"),
    ]),
  ];
  return modes.flatMap(([property, mode]) =>
    mode !== undefined && PLAIN.includes(mode) ? [{ resource, property, got: mode, want: "STRICT" }] : [],
  );
}

const plainDestinations = (resource: Resource): Fault[] =>
  trafficPolicies(resource)
    .filter(([, policy]) => text(policy, "tls", "mode") === "DISABLE")
    .map(([path]) => ({ resource, property: `${path}.tls.mode`, got: "DISABLE", want: "ISTIO_MUTUAL or left out" }));
