import { describe, expect, it } from "vitest";
import { describeRule, found, of, resource } from "../../harness.ts";

const LISTENER = "aws:lb/listener:Listener";

const INTERNAL = "service.beta.kubernetes.io/aws-load-balancer-internal";

const MODERN = "ELBSecurityPolicy-TLS13-1-2-2021-06";

describeRule("NET-04", [
  {
    what: "a queue that takes plain HTTP for all but what is sent",
    layer: "platform",
    resource: "karpenter-interruptions-policy",
    change: (inputs) => {
      const document = JSON.parse(inputs.policy);
      document.Statement.find(({ Sid }: any) => Sid === "TlsOnly").Action = "sqs:SendMessage";
      inputs.policy = JSON.stringify(document);
    },
    says: "platform-prod/karpenter-interruptions-policy: 'policy' must be closed to requests without TLS, for 'sqs:*', got 'plain HTTP'",
    unknown: "policy",
  },
  {
    what: "a gateway on the internet without a log",
    layer: "platform",
    resource: "ingress",
    change: (inputs) => (inputs.internal = false),
    says: "platform-prod/ingress: 'accessLogs.enabled' must be true, with a bucket, got 'false'",
    unknown: "internal",
  },
  {
    what: "a gateway that answers TCP beside TLS",
    layer: "platform",
    resource: "ingress-https",
    change: (inputs) => (inputs.port = 80),
    says: "platform-prod/ingress-https: 'protocol' must be HTTPS or TLS, got 'TCP'",
    unknown: "port",
  },
  {
    what: "a chart whose Service is a way in from the internet",
    layer: "platform",
    resource: "gateway-proxy",
    change: (inputs) => (inputs.values.service = { type: "LoadBalancer", annotations: { [INTERNAL]: "false" } }),
    says: `platform-prod/gateway-proxy: 'values.service.annotations.${INTERNAL}' must be true, or used with 'service.beta.kubernetes.io/aws-load-balancer-ssl-cert' and a policy of TLS 1.2 or newer, got 'false'`,
    unknown: "values.service.annotations",
  },
  {
    what: "a Service that makes a way in of its own",
    layer: "platform",
    environment: "dev",
    resource: "tracking-service",
    change: (inputs) => (inputs.spec.type = "LoadBalancer"),
    says: `platform-dev/tracking-service: 'metadata.annotations.${INTERNAL}' must be true, or used with 'service.beta.kubernetes.io/aws-load-balancer-ssl-cert' and a policy of TLS 1.2 or newer, got 'nothing'`,
    unknown: "spec.type",
  },
  {
    what: "HTTP that is answered",
    layer: "foundation",
    add: {
      type: LISTENER,
      name: "web",
      inputs: { protocol: "HTTP", defaultActions: [{ type: "forward", targetGroupArn: "arn" }] },
    },
    says: "foundation-prod/web: 'protocol' must be HTTPS, or a redirect to HTTPS, got 'HTTP'",
    unknown: "protocol",
  },
  {
    what: "TLS of old",
    layer: "foundation",
    add: {
      type: LISTENER,
      name: "web",
      inputs: { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-2016-08", defaultActions: [] },
    },
    says: `foundation-prod/web: 'sslPolicy' must be a policy of TLS 1.2 or newer, such as ${MODERN}, got 'ELBSecurityPolicy-2016-08'`,
    unknown: "sslPolicy",
  },
  {
    what: "a load balancer that logs nothing",
    layer: "foundation",
    add: { type: "aws:lb/loadBalancer:LoadBalancer", name: "web", inputs: { accessLogs: { bucket: "logs" } } },
    says: "foundation-prod/web: 'accessLogs.enabled' must be true, with a bucket, got 'false'",
    unknown: "accessLogs.enabled",
  },
]);

describe("NET-04", () => {
  it.each<[string, object, string[]]>([
    [LISTENER, { protocol: "HTTP", defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS" } }] }, []],
    [LISTENER, { protocol: "TLS", sslPolicy: MODERN }, []],
    ["aws:alb/listener:Listener", { protocol: "HTTPS" }, ["sslPolicy: nothing"]],
    [LISTENER, { protocol: "TCP" }, ["protocol: TCP"]],
    [LISTENER, { protocol: "TCP", port: 8443 }, ["protocol: TCP"]],
    [LISTENER, { protocol: "UDP", port: 443 }, ["protocol: UDP"]],
    [LISTENER, { protocol: "TCP", port: 443 }, []],
    ["aws:lb/loadBalancer:LoadBalancer", { loadBalancerType: "network", internal: true }, []],
    ["aws:lb/loadBalancer:LoadBalancer", { loadBalancerType: "network" }, ["accessLogs.enabled: false"]],
    ["aws:lb/loadBalancer:LoadBalancer", { internal: true }, ["accessLogs.enabled: false"]],
    [LISTENER, { protocol: "GENEVE" }, []],
    ["aws:lb/loadBalancer:LoadBalancer", { accessLogs: { bucket: "b", enabled: true } }, []],
    ["aws:lb/loadBalancer:LoadBalancer", { loadBalancerType: "gateway" }, []],
    [
      "aws:elb/loadBalancer:LoadBalancer",
      { listeners: [{ lbProtocol: "http" }, { lbProtocol: "https" }] },
      ["listeners.0.lbProtocol: http", "accessLogs.enabled: false"],
    ],
    ["aws:elb/loadBalancer:LoadBalancer", { listeners: [{ lbProtocol: "ssl" }], accessLogs: { bucket: "b" } }, []],
    ["kubernetes:core/v1:Service", { spec: { type: "ClusterIP" } }, []],
    [
      "kubernetes:core/v1:Service",
      {
        metadata: {
          annotations: {
            "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn",
            "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy": MODERN,
          },
        },
        spec: { type: "LoadBalancer" },
      },
      [],
    ],
    ["kubernetes:helm.sh/v3:Release", { chart: "no-values" }, []],
  ])("NET-04 on %s with %j finds %j", (type, inputs, faults) => {
    expect(found("NET-04", resource("x", inputs, { type }))).toEqual(faults);
  });
});

describe("NET-04, ways in beside the gateway", () => {
  const service = (spec: object) => found("NET-04", of("kubernetes:core/v1:Service", "s", { spec }));
  const ingress = (spec: object, annotations: object = {}) =>
    found("NET-04", of("kubernetes:networking.k8s.io/v1:Ingress", "i", { metadata: { annotations }, spec }));
  const rules = [{ host: "a.example.com" }];

  it("refuses ports of nodes and addresses from outside", () => {
    expect(service({ type: "NodePort" })).toEqual(["spec.type: NodePort"]);
    expect(service({ externalIPs: ["203.0.113.1"] })).toEqual(["spec.externalIPs: 203.0.113.1"]);
    expect(service({ type: "ClusterIP", externalIPs: [] })).toEqual([]);
  });

  it("refuses an Ingress without TLS for each of its hosts", () => {
    expect(ingress({ rules })).toEqual(["spec.tls: nothing"]);
    expect(ingress({ rules, tls: [{ hosts: ["b.example.com"] }] })).toEqual(["spec.rules[0].host: a.example.com"]);
    expect(ingress({ rules: [{ http: {} }], tls: [{ hosts: ["a.example.com"] }] })).toHaveLength(1);
    expect(ingress({ rules, tls: [{ hosts: ["a.example.com"] }] })).toEqual([]);
    expect(ingress({ rules, tls: [{ hosts: ["*.example.com"] }] })).toEqual([]);
    expect(ingress({ rules }, { "alb.ingress.kubernetes.io/certificate-arn": "arn:aws:acm:x" })).toEqual([]);
  });

  it("refuses pages of CloudFront over HTTP, and its old TLS", () => {
    const pages = (inputs: object) => found("NET-04", of("aws:cloudfront/distribution:Distribution", "d", inputs));
    const safe = { defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" } };
    expect(pages({})).toEqual(["defaultCacheBehavior.viewerProtocolPolicy: nothing"]);
    expect(pages({ ...safe, orderedCacheBehaviors: [{ viewerProtocolPolicy: "allow-all" }] })).toEqual([
      "orderedCacheBehaviors.0.viewerProtocolPolicy: allow-all",
    ]);
    const own = { acmCertificateArn: "arn:aws:acm:us-east-1:1:certificate/a" };
    expect(pages({ ...safe, viewerCertificate: { ...own, minimumProtocolVersion: "TLSv1" } })).toHaveLength(1);
    expect(pages({ ...safe, viewerCertificate: { ...own, minimumProtocolVersion: "TLSv1.2_2021" } })).toEqual([]);
    expect(pages({ ...safe, viewerCertificate: { cloudfrontDefaultCertificate: true } })).toEqual([]);
  });
});
