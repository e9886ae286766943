import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { injectionOf, istioTypes, VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { SERVES } from "../../kubernetes/labels.ts";
import { labelsOf } from "../../kubernetes/objects.ts";
import { inTeams, TEAMS } from "../../kubernetes/team-namespaces.ts";
import { NAMESPACE } from "../../kubernetes/types.ts";
import { type Bag, bags, flag, hasKey, number, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

const GATEWAYS = istioTypes("networking.istio.io", "Gateway");

interface DataPlane {
  /** Label of namespaces that hold model servers. */
  serves: string;
  /** Whether their pods get a proxy: `gateway` if the ingress gateway is the only proxy (docs/decisions/gateway-only.md). */
  dataPlane: "gateway" | "sidecar" | "ambient";
}

const GATEWAY_ONLY: DataPlane = { serves: SERVES, dataPlane: "gateway" };

/** Modes that encrypt, or pass on encrypted traffic (Istio reference, "ServerTLSSettings"). */
const ENCRYPTED = ["SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL", "ISTIO_MUTUAL", "PASSTHROUGH", "AUTO_PASSTHROUGH"];
const OUTDATED = ["TLSV1_0", "TLSV1_1"];

/** Ciphers with a key of their own for each connection, and a check of each message (Mozilla, "Server Side TLS", intermediate). */
const STRONG_CIPHER = /^\[?(TLS_|ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM|CHACHA20))/;

/** The port on which clusters of one mesh pass requests on to each other (Istio documentation, "Install Multi-Primary on different networks"). */
const BETWEEN_CLUSTERS = 15443;

export const MESH_03 = rule({
  id: "MESH-03",
  title:
    "The gateway serves named hosts over TLS, each route names its hosts, and model servers have a proxy where the mesh uses proxies",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["AISF-IAM-08"],
  remediation:
    "Give each server of the Gateway `tls` and the hosts it answers for (`*.models.example.com`). Use HTTP only with `httpsRedirect`. Name whole hosts and origins in a VirtualService.",
  peers: ["kyverno restrict-virtual-service-wildcard", "kyverno enforce-sidecar-injection", "kyverno enforce-ambient-mode"],
  parameters: { dev: GATEWAY_ONLY, staging: GATEWAY_ONLY, prod: GATEWAY_ONLY },
  types: [...GATEWAYS, ...VIRTUAL_SERVICES, NAMESPACE],
  check: (resource, parameters): Finding[] => {
    if (GATEWAYS.includes(resource.type)) {
      return serverFaults(resource);
    }
    return resource.type === NAMESPACE ? proxyFaults(resource, parameters) : [...wildcards(resource), ...openOrigins(resource)];
  },
  // Only in team namespaces: the ingress gateway is in a namespace of its own, where no team has rights.
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

const serverFaults = ({ inputs }: Resource): Finding[] =>
  together(
    bags(inputs, "spec", "servers").flatMap((server, index) => {
      const property = `spec.servers[${index}]`;
      return [() => tlsFaults(server, property), () => hostFaults(server, `${property}.hosts`)];
    }),
  );

/** `<namespace>/*` means every host of that namespace's routes. */
const hostFaults = (server: Bag, property: string): Fault[] =>
  texts(server, "hosts")
    .filter((host) => host === "*" || host.endsWith("/*"))
    .map((got) => ({ property, got, want: "the hosts that the server answers for" }));

function tlsFaults(server: Bag, property: string): Fault[] {
  if (flag(server, "tls", "httpsRedirect") === true) {
    return [];
  }
  const mode = text(server, "tls", "mode");
  if (mode === undefined || !ENCRYPTED.includes(mode)) {
    const got = mode ?? `nothing (${text(server, "port", "protocol") ?? "no protocol"})`;
    return [{ property: `${property}.tls.mode`, got, want: "SIMPLE or MUTUAL" }];
  }
  if (mode === "AUTO_PASSTHROUGH" && number(server, "port", "number") !== BETWEEN_CLUSTERS) {
    return [
      { property: `${property}.tls.mode`, got: mode, want: "SIMPLE or MUTUAL: the caller's name would choose the Service" },
    ];
  }
  return [
    ...["minProtocolVersion", "maxProtocolVersion"].flatMap((key) => {
      const got = text(server, "tls", key) ?? "";
      return unless(!OUTDATED.includes(got), { property: `${property}.tls.${key}`, got, want: "TLSV1_2 or TLSV1_3" });
    }),
    ...texts(server, "tls", "cipherSuites").flatMap((got, index) =>
      unless(STRONG_CIPHER.test(got), {
        property: `${property}.tls.cipherSuites[${index}]`,
        got,
        want: "left out, or a cipher of ECDHE with GCM or ChaCha20",
      }),
    ),
  ];
}

/** A site that nobody knows: an origin that fits it fits every site. */
const STRANGE_SITES = ["https://a.invalid", "http://b.invalid:8080"];

/** Pages of every site could read answers with the rights of the person who has them open. */
const openOrigins = ({ inputs }: Resource): Fault[] =>
  bags(inputs, "spec", "http").flatMap((http, index) => {
    const property = `spec.http[${index}].corsPolicy`;
    const want = "the origins whose pages may call it";
    return [
      ...bags(http, "corsPolicy", "allowOrigins").flatMap((origin, at) =>
        unless(!fitsEverySite(origin), { property: `${property}.allowOrigins[${at}]`, got: JSON.stringify(origin), want }),
      ),
      ...unless(!texts(http, "corsPolicy", "allowOrigin").includes("*"), { property: `${property}.allowOrigin`, got: "*", want }),
    ];
  });

function fitsEverySite(origin: Bag): boolean {
  const [exact, prefix, regex] = ["exact", "prefix", "regex"].map((key) => text(origin, key));
  return (
    exact === "*" ||
    STRANGE_SITES.some(
      (site) => (prefix !== undefined && site.startsWith(prefix)) || (regex !== undefined && fitsWhole(regex, site)),
    )
  );
}

function fitsWhole(regex: string, site: string): boolean {
  try {
    return new RegExp(`^(?:${regex})$`).test(site);
  } catch {
    // Istio refuses it.
    return false;
  }
}

/** A delegate has no hosts: its root has. */
const wildcards = ({ inputs }: Resource): Fault[] =>
  texts(inputs, "spec", "hosts").flatMap((got, index) =>
    got.includes("*") ? [{ property: `spec.hosts[${index}]`, got, want: "one whole host, without `*`" }] : [],
  );

/** Checked only where the mesh uses proxies. Elsewhere the label would add a proxy behind the gateway whose counters judge releases; MESH-01 and MESH-02 then require more. */
function proxyFaults(namespace: Resource, { serves, dataPlane }: DataPlane): Fault[] {
  if (dataPlane === "gateway" || !hasKey(labelsOf(namespace), serves)) {
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
