import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, rule } from "../rule.ts";
import { together } from "../together.ts";
import { canaryRoutes } from "./canary-routes.ts";
import { GATEWAYS, injectionOf, NAMESPACE, VIRTUAL_SERVICES } from "./istio.ts";
import { inTeams, SERVES, TEAMS } from "./team-namespaces.ts";

interface DataPlane {
  /** Label of namespaces that hold model servers. */
  serves: string;
  /** Whether their pods get a proxy: `gateway` when there is none but the ingress gateway (docs/decisions/gateway-only.md). */
  dataPlane: "gateway" | "sidecar" | "ambient";
}

const GATEWAY_ONLY: DataPlane = { serves: SERVES, dataPlane: "gateway" };

/** Modes that encrypt, or hand on what is encrypted (Istio reference, "ServerTLSSettings"). */
const ENCRYPTED = ["SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL", "ISTIO_MUTUAL", "PASSTHROUGH", "AUTO_PASSTHROUGH"];
const OUTDATED = ["TLSV1_0", "TLSV1_1"];

const entrances = rule({
  id: "MESH-03",
  title:
    "The gateway serves named hosts over TLS, each route names its hosts, and where the mesh has proxies model servers have one",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["AISF-IAM-08"],
  remediation:
    "Give each server of the Gateway `tls` and the hosts it answers for (`*.models.example.com`); HTTP only with `httpsRedirect`. Name whole hosts in a VirtualService.",
  peers: ["kyverno restrict-virtual-service-wildcard", "kyverno enforce-sidecar-injection", "kyverno enforce-ambient-mode"],
  parameters: { dev: GATEWAY_ONLY, staging: GATEWAY_ONLY, prod: GATEWAY_ONLY },
  types: [...GATEWAYS, ...VIRTUAL_SERVICES, NAMESPACE],
  check: (resource, parameters) => {
    if (GATEWAYS.includes(resource.type)) {
      return serverFaults(resource);
    }
    return resource.type === NAMESPACE ? proxyFaults(resource, parameters) : wildcards(resource);
  },
  // In namespaces of teams only: the ingress gateway lives in one of its own, past which no team has rights.
  admission: {
    objects: [{ apiGroups: ["networking.istio.io"], apiVersions: ["*"], resources: ["gateways", "virtualservices"] }],
    variables: [
      TEAMS,
      { name: "servers", expression: "has(object.spec.servers) ? object.spec.servers : []" },
      { name: "hosts", expression: "has(object.spec.hosts) ? object.spec.hosts : []" },
    ],
    validations: [
      {
        expression: inTeams(
          "variables.servers.all(s, has(s.tls) && (has(s.tls.mode) || (has(s.tls.httpsRedirect) && s.tls.httpsRedirect)))",
        ),
        message: "each server of a Gateway must have `tls`, or redirect to HTTPS",
      },
      {
        expression: inTeams("variables.servers.all(s, s.hosts.all(h, h != '*' && !h.endsWith('/*')))"),
        message: "each server of a Gateway must name its hosts, not `*`",
      },
      {
        expression: inTeams("variables.hosts.all(h, !h.contains('*'))"),
        message: "a VirtualService must name whole hosts, without `*`",
      },
    ],
  },
});

function serverFaults({ inputs }: Resource): Fault[] {
  const checks = (inputs.spec.servers ?? []).flatMap((server: any, at: number) => {
    const property = `spec.servers[${at}]`;
    return [() => tlsFaults(server, property), () => hostFaults(server, `${property}.hosts`)];
  });
  return together(...checks);
}

/** `<namespace>/*` means every host of that namespace's routes. */
const hostFaults = ({ hosts = [] }: any, property: string): Fault[] =>
  hosts
    .filter((host: string) => host === "*" || host.endsWith("/*"))
    .map((got: string) => ({ property, got, want: "the hosts that it answers for" }));

function tlsFaults({ port, tls }: any, property: string): Fault[] {
  if (tls?.httpsRedirect === true) {
    return [];
  }
  if (!ENCRYPTED.includes(tls?.mode)) {
    return [{ property: `${property}.tls.mode`, got: tls?.mode ?? `nothing (${port?.protocol})`, want: "SIMPLE or MUTUAL" }];
  }
  const oldest = tls.minProtocolVersion;
  return OUTDATED.includes(oldest)
    ? [{ property: `${property}.tls.minProtocolVersion`, got: oldest, want: "TLSV1_2 or TLSV1_3" }]
    : [];
}

/** A delegate has no hosts: its root has. */
const wildcards = ({ inputs }: Resource): Fault[] =>
  (inputs.spec.hosts ?? []).flatMap((got: string, at: number) =>
    got.includes("*") ? [{ property: `spec.hosts[${at}]`, got, want: "one whole host, without `*`" }] : [],
  );

/** Where there are no proxies the label would bring one in, past the gateway whose counters judge releases; MESH-01 and MESH-02 then ask for more. */
function proxyFaults(namespace: Resource, { serves, dataPlane }: DataPlane): Fault[] {
  const labels = namespace.inputs.metadata?.labels ?? {};
  if (dataPlane === "gateway" || !(serves in labels)) {
    return [];
  }
  const injection = injectionOf(namespace);
  const ambient = injection === "istio.io/dataplane-mode=ambient";
  return injection !== undefined && ambient === (dataPlane === "ambient")
    ? []
    : [
        {
          property: "metadata.labels",
          got: injection ?? "no label of the mesh",
          want: dataPlane === "ambient" ? "istio.io/dataplane-mode=ambient" : "istio-injection=enabled or istio.io/rev",
        },
      ];
}

export const ROUTES: readonly Rule[] = [entrances, canaryRoutes];
