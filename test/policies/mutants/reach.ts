import { added, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";

const NETWORKING = "networking.k8s.io/v1";
const ISTIO = "networking.istio.io/v1";
const fence = (layer: "platform" | "workloads", name: string) => kubernetes(layer, `${NETWORKING}:NetworkPolicy`, name);

const SERVICE = kubernetes("platform", "core/v1:Service", "tracking-service");
const MODEL = fence("workloads", "fraud-reach");
const JOBS = fence("workloads", "risk-jobs-reach");
const TRACKING = fence("platform", "tracking-traffic");
const DENY = fence("workloads", "risk-models-default-deny");
const GATEWAY = kubernetes("platform", `${ISTIO}:Gateway`, "gateway-listeners");
const ROUTE = kubernetes("platform", `${ISTIO}:VirtualService`, "tracking-route");
const CERTIFICATE = kubernetes("platform", "cert-manager.io/v1:Certificate", "gateway-certificate-issued");

const one = (layer: "platform" | "workloads", what: string, apiVersion: string, kind: string, rest: object): StackMutant => {
  const { type, inputs } = object(apiVersion, kind, rest as Record<string, unknown>);
  return added(layer, type, what, inputs);
};
const spare = (layer: "platform" | "workloads", what: string, apiVersion: string, kind: string, rest: object): StackMutant => {
  const { type, inputs } = object(apiVersion, kind, rest as Record<string, unknown>);
  return welcome(layer, type, what, inputs);
};
const backend = { service: { name: "mlflow", port: { number: 80 } } };
const paths = [{ path: "/", pathType: "Prefix", backend }];

/** Services, ways in, network policies and the mesh. */
export const REACH: readonly StackMutant[] = [
  SERVICE.bad("a Service on a port of every node", ({ spec }) => {
    spec.type = "NodePort";
  }),
  SERVICE.bad("a Service that takes an address of its own", ({ spec }) => {
    spec.externalIPs = ["203.0.113.10"];
  }),
  SERVICE.bad("a Service with a load balancer for every address", ({ spec }) => {
    spec.type = "LoadBalancer";
    spec.loadBalancerSourceRanges = ["0.0.0.0/0"];
  }),
  SERVICE.bad("a Service with a load balancer of the older kind", ({ spec, metadata }) => {
    spec.type = "LoadBalancer";
    metadata.annotations = { "service.beta.kubernetes.io/aws-load-balancer-internal": "false" };
  }),
  SERVICE.bad("a Service that is a name outside of the cluster", ({ spec }) => {
    spec.type = "ExternalName";
    spec.externalName = "mlflow.example.com";
    delete spec.selector;
  }),
  SERVICE.bad("a Service that selects no pod", ({ spec }) => {
    spec.selector["app.kubernetes.io/component"] = "web";
  }),
  kubernetes("workloads", "core/v1:Service", "fraud-stable").bad("a model on a port of every node", ({ spec }) => {
    spec.type = "NodePort";
    spec.ports[0].nodePort = 30080;
  }),
  one("platform", "an Ingress without TLS", NETWORKING, "Ingress", {
    metadata: { name: "mlflow", namespace: "mlflow" },
    spec: { rules: [{ host: "mlflow.example.com", http: { paths } }] },
  }),
  one("platform", "an Ingress whose TLS is for another host", NETWORKING, "Ingress", {
    metadata: { name: "mlflow", namespace: "mlflow" },
    spec: {
      tls: [{ hosts: ["other.example.com"], secretName: "other" }],
      rules: [{ host: "mlflow.example.com", http: { paths } }],
    },
  }),
  one("platform", "an Ingress for every host", NETWORKING, "Ingress", {
    metadata: { name: "mlflow", namespace: "mlflow" },
    spec: { tls: [{ secretName: "any" }], rules: [{ http: { paths } }] },
  }),
  MODEL.bad("a model that everybody calls", ({ spec }) => {
    spec.ingress.push({});
  }),
  MODEL.bad("a model that every namespace calls", ({ spec }) => {
    spec.ingress.push({ from: [{ namespaceSelector: {} }] });
  }),
  MODEL.bad("a model that every address calls", ({ spec }) => {
    spec.ingress.push({ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] });
  }),
  MODEL.bad("a model that half of all addresses call", ({ spec }) => {
    spec.ingress.push({ from: [{ ipBlock: { cidr: "0.0.0.0/1" } }] });
  }),
  MODEL.bad("a model that calls everything", ({ spec }) => {
    spec.egress = [{}];
  }),
  MODEL.bad("a model that calls every port of the internet", ({ spec }) => {
    spec.egress.push({ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] });
  }),
  MODEL.bad("a model that asks the node for its identity", ({ spec }) => {
    spec.egress.push({ to: [{ ipBlock: { cidr: "169.254.169.254/32" } }], ports: [{ port: 80, protocol: "TCP" }] });
  }),
  MODEL.bad("a policy that does not look at what leaves", ({ spec }) => {
    spec.policyTypes = ["Ingress"];
  }),
  MODEL.bad("a policy of other pods", ({ spec }) => {
    spec.podSelector.matchLabels.app = "other";
  }),
  JOBS.bad("jobs that every namespace calls", ({ spec }) => {
    spec.ingress[0].from.push({
      namespaceSelector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "Exists" }] },
    });
  }),
  JOBS.bad("jobs that call a range of all ports", ({ spec }) => {
    spec.egress.push({ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 1, endPort: 65535, protocol: "TCP" }] });
  }),
  TRACKING.bad("MLflow that every pod calls on every port", ({ spec }) => {
    spec.ingress.push({ from: [{ namespaceSelector: {} }] });
  }),
  DENY.bad(
    "a denial that does not look at what leaves",
    ({ spec }) => {
      spec.policyTypes = ["Ingress"];
    },
    "risk-models",
  ),
  DENY.bad(
    "a denial for pods with a label",
    ({ spec }) => {
      spec.podSelector = { matchLabels: { "example.com/fenced": "true" } };
    },
    "risk-models",
  ),
  DENY.bad("a denial that allows", ({ spec }) => {
    spec.ingress = [{}];
  }),
  DENY.removed("a namespace of models that denies nothing"),
  fence("workloads", "risk-jobs-default-deny").removed("a namespace of a team that denies nothing"),
  fence("platform", "pushgateway-traffic").bad("a push gateway that everybody writes to", ({ spec }) => {
    spec.ingress[0].from = [];
  }),
  GATEWAY.bad("a gateway that serves in the clear", ({ spec }) => {
    delete spec.servers[0].tls;
  }),
  GATEWAY.bad("a gateway that does not send people to HTTPS", ({ spec }) => {
    spec.servers[0].tls.httpsRedirect = false;
  }),
  GATEWAY.bad("a gateway that takes TLS 1.0", ({ spec }) => {
    spec.servers[1].tls.minProtocolVersion = "TLSV1_0";
  }),
  GATEWAY.bad("a gateway that takes weak ciphers", ({ spec }) => {
    spec.servers[1].tls.cipherSuites = ["DES-CBC3-SHA"];
  }),
  GATEWAY.bad("a gateway for every host", ({ spec }) => {
    spec.servers[1].hosts = ["*"];
  }),
  GATEWAY.bad("a gateway for every host of every namespace", ({ spec }) => {
    spec.servers[1].hosts = ["*/*"];
  }),
  GATEWAY.bad("a gateway that passes TLS on to whatever asks", ({ spec }) => {
    spec.servers[1].tls = { mode: "AUTO_PASSTHROUGH" };
  }),
  GATEWAY.bad("one more server in the clear", ({ spec }) => {
    spec.servers.push({ hosts: ["*.models.internal"], port: { name: "tcp", number: 9000, protocol: "TCP" } });
  }),
  ROUTE.bad("a route for every host", ({ spec }) => {
    spec.hosts = ["*"];
  }),
  ROUTE.bad("a route to a name outside of the cluster", ({ spec }) => {
    spec.http[0].route[0].destination.host = "mlflow.example.com";
  }),
  ROUTE.bad("a route that pages of every origin may use", ({ spec }) => {
    spec.http[0].corsPolicy = { allowOrigins: [{ regex: ".*" }], allowCredentials: true };
  }),
  CERTIFICATE.bad("a certificate of ten years", ({ spec }) => {
    spec.duration = "87600h";
  }),
  CERTIFICATE.bad("a certificate whose key never changes", ({ spec }) => {
    spec.privateKey.rotationPolicy = "Never";
  }),
  CERTIFICATE.bad("a certificate with a weak key", ({ spec }) => {
    spec.privateKey = { algorithm: "RSA", size: 1024, rotationPolicy: "Always" };
  }),
  CERTIFICATE.bad("a certificate that makes certificates", ({ spec }) => {
    spec.isCA = true;
  }),
  one("platform", "a mesh that takes requests in the clear", "security.istio.io/v1", "PeerAuthentication", {
    metadata: { name: "default", namespace: "istio-system" },
    spec: { mtls: { mode: "DISABLE" } },
  }),
  one("workloads", "a call that trusts every certificate", ISTIO, "DestinationRule", {
    metadata: { name: "outside", namespace: "models-risk" },
    spec: { host: "api.example.com", trafficPolicy: { tls: { mode: "SIMPLE", insecureSkipVerify: true } } },
  }),
  one("workloads", "a mesh in which every name is reached", ISTIO, "ServiceEntry", {
    metadata: { name: "all", namespace: "models-risk" },
    spec: {
      hosts: ["*.com"],
      ports: [{ number: 443, name: "tls", protocol: "TLS" }],
      location: "MESH_EXTERNAL",
      resolution: "NONE",
    },
  }),
  one("workloads", "one more fence that lets everything in", NETWORKING, "NetworkPolicy", {
    metadata: { name: "open", namespace: "models-risk" },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
  }),

  SERVICE.harmless("a Service that says its kind", ({ spec }) => {
    spec.type = "ClusterIP";
  }),
  SERVICE.harmless("ports of a Service in another order", ({ spec }) => spec.ports.reverse()),
  SERVICE.harmless("one more label of a Service", ({ metadata }) => {
    metadata.labels["example.com/owner"] = "platform";
  }),
  MODEL.harmless("rules of a policy in another order", ({ spec }) => spec.egress.reverse()),
  MODEL.harmless("kinds of a policy in another order", ({ spec }) => spec.policyTypes.reverse()),
  MODEL.harmless("a model that calls a part of the internet", ({ spec }) => {
    spec.egress.at(-1).to = [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "169.254.169.254/32"] } }];
  }),
  MODEL.bad("a model that jobs call round the gateway", ({ spec }) => {
    spec.ingress.push({
      from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "team-risk" } } }],
      ports: [{ port: 8080, protocol: "TCP" }],
    });
  }),
  DENY.harmless("a denial that says what it allows: nothing", ({ spec }) => {
    Object.assign(spec, { ingress: [], egress: [] });
  }),
  GATEWAY.harmless("a gateway with TLS 1.3", ({ spec }) => {
    spec.servers[1].tls.minProtocolVersion = "TLSV1_3";
  }),
  GATEWAY.harmless("a gateway with its hosts by name", ({ spec }) => {
    spec.servers[1].hosts = ["fraud.models.internal", "mlflow.models.internal"];
  }),
  GATEWAY.harmless("servers of a gateway in another order", ({ spec }) => spec.servers.reverse()),
  ROUTE.harmless("a route with a time-out", ({ spec }) => {
    spec.http[0].timeout = "60s";
  }),
  CERTIFICATE.harmless("a certificate of a month", ({ spec }) => {
    Object.assign(spec, { duration: "720h", renewBefore: "240h" });
  }),
  CERTIFICATE.harmless("a certificate with a larger key", ({ spec }) => {
    spec.privateKey.size = 384;
  }),
  spare("workloads", "one more fence that lets one port in", NETWORKING, "NetworkPolicy", {
    metadata: { name: "metrics", namespace: "models-risk" },
    spec: {
      podSelector: { matchLabels: { app: "fraud" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
          ports: [{ port: 8080, protocol: "TCP" }],
        },
      ],
    },
  }),
  spare("platform", "an Ingress with TLS for its host", NETWORKING, "Ingress", {
    metadata: { name: "mlflow", namespace: "mlflow" },
    spec: {
      ingressClassName: "internal",
      tls: [{ hosts: ["mlflow.models.internal"], secretName: "mlflow-tls" }],
      rules: [{ host: "mlflow.models.internal", http: { paths } }],
    },
  }),
  spare("platform", "a mesh that takes requests with certificates only", "security.istio.io/v1", "PeerAuthentication", {
    metadata: { name: "default", namespace: "istio-system" },
    spec: { mtls: { mode: "STRICT" } },
  }),
  spare("workloads", "an unrelated ConfigMap", "v1", "ConfigMap", {
    metadata: { name: "notes", namespace: "team-risk" },
    data: { readme: "ask #risk" },
  }),
];
