import { openQueue } from "../../aws/bucket-policies.ts";
import { BALANCERS } from "../../aws/types.ts";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { CHARTS } from "../../kubernetes/charts.ts";
import { INGRESS, SERVICE } from "../../kubernetes/types.ts";
import { at, type Bag, bag, bags, flag, hasKey, isSet, number, shown, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const LISTENERS = ["aws:lb/listener:Listener", "aws:alb/listener:Listener"];
const QUEUES = ["aws:sqs/queuePolicy:QueuePolicy", "aws:sqs/queue:Queue"];
const CLASSIC = "aws:elb/loadBalancer:LoadBalancer";

/** Policies without TLS 1.0 and 1.1 (Elastic Load Balancing user guides, "Security policies"). AWS's default has both. */
const MODERN_TLS = /^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)(-|$)/;

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";

const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer";

/** `queues`: whether the policy of a queue refuses plain HTTP. */
const CLOSED = { queues: true };

export const NET_04 = rule({
  id: "NET-04",
  title:
    "Load balancers and distributions speak TLS 1.2 or newer, answer HTTP with a redirect and log requests; those of a cluster are internal or terminate TLS; queues take no plain HTTP",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP ELB.1", "FSBP ELB.5", "CIS EKS 5.4.5"],
  remediation:
    "Set `protocol` HTTPS or TLS with an `sslPolicy` of TLS 1.2 or newer, redirect HTTP, and enable `accessLogs`. Annotate a Service of type LoadBalancer as internal, or with a certificate. Deny `sqs:*` where `aws:SecureTransport` is false.",
  peers: ["pulumi compliance-policies", "CKV_AWS_2", "CKV_AWS_34", "CKV_AWS_174", "CKV_AWS_91", "CKV2_AWS_20", "CKV2_AWS_74"],
  types: [...LISTENERS, ...BALANCERS, CLASSIC, DISTRIBUTION, SERVICE, INGRESS, ...CHARTS, ...QUEUES],
  parameters: { dev: CLOSED, staging: CLOSED, prod: CLOSED },
  elsewhere: { queues: false },
  check: ({ type, inputs }, { queues }): Finding[] => {
    if (QUEUES.includes(type)) {
      return queues && isSet(inputs, "policy") ? openQueue(at(inputs, "policy")) : [];
    }
    if (LISTENERS.includes(type)) {
      return listener(inputs);
    }
    if (BALANCERS.includes(type)) {
      return hasNoLog(inputs) ? [] : logging(flag(inputs, "accessLogs", "enabled") ?? false);
    }
    if (type === CLASSIC) {
      return together(
        () => classicListeners(inputs),
        () => logging(isSet(inputs, "accessLogs") && flag(inputs, "accessLogs", "enabled") !== false),
      );
    }
    if (type === DISTRIBUTION) {
      return distribution(inputs);
    }
    if (type === INGRESS) {
      return ingress(inputs);
    }
    return type === SERVICE
      ? service("metadata.", bag(inputs, "spec"), bag(inputs, "metadata", "annotations"))
      : service("values.service.", bag(inputs, "values", "service"), bag(inputs, "values", "service", "annotations"));
  },
});

function listener(inputs: Bag): Fault[] {
  const protocol = text(inputs, "protocol");
  switch (protocol) {
    case undefined:
    case "GENEVE":
      return [];
    case "HTTP":
      return unless(
        bags(inputs, "defaultActions").every(
          (action) => at(action, "type") === "redirect" && at(action, "redirect", "protocol") === "HTTPS",
        ),
        { property: "protocol", got: "HTTP", want: "HTTPS, or a redirect to HTTPS" },
      );
    case "HTTPS":
    case "TLS":
      return unless(MODERN_TLS.test(text(inputs, "sslPolicy") ?? ""), {
        property: "sslPolicy",
        got: shown(inputs["sslPolicy"]),
        want: "a policy of TLS 1.2 or newer, such as ELBSecurityPolicy-TLS13-1-2-2021-06",
      });
    default:
      // On the port of HTTPS a network load balancer passes TLS through to whatever ends it.
      return unless(protocol === "TCP" && number(inputs, "port") === HTTPS_PORT, {
        property: "protocol",
        got: protocol,
        want: "HTTPS or TLS",
      });
  }
}

const HTTPS_PORT = 443;

/** A gateway load balancer hands on packets. AWS does not log TCP that is passed through: inside the VPC the mesh ends TLS and logs. */
function hasNoLog(inputs: Bag): boolean {
  const type = text(inputs, "loadBalancerType");
  return type === "gateway" || (type === "network" && flag(inputs, "internal") === true);
}

const classicListeners = (inputs: Bag): Fault[] =>
  bags(inputs, "listeners").flatMap((each, index) => {
    const got = text(each, "lbProtocol") ?? "nothing";
    return unless(/^(https|ssl)$/i.test(got), { property: `listeners.${index}.lbProtocol`, got, want: "https or ssl" });
  });

/** Pages of CloudFront: each kind of request, and the certificate of the distribution's own names. */
function distribution(inputs: Bag): Fault[] {
  const behaviors: [string, Bag][] = [
    ["defaultCacheBehavior", bag(inputs, "defaultCacheBehavior")],
    ...bags(inputs, "orderedCacheBehaviors").map((each, index): [string, Bag] => [`orderedCacheBehaviors.${index}`, each]),
  ];
  const certificate = bag(inputs, "viewerCertificate");
  const oldest = text(certificate, "minimumProtocolVersion") ?? "nothing";
  const isOwn = isSet(certificate, "acmCertificateArn") || isSet(certificate, "iamCertificateId");
  return [
    ...behaviors.flatMap(([path, behavior]) => {
      const got = text(behavior, "viewerProtocolPolicy") ?? "nothing";
      const holds = ["redirect-to-https", "https-only"].includes(got);
      return unless(holds, { property: `${path}.viewerProtocolPolicy`, got, want: "redirect-to-https or https-only" });
    }),
    ...unless(!isOwn || /^TLSv1\.[23]/.test(oldest), {
      property: "viewerCertificate.minimumProtocolVersion",
      got: oldest,
      want: "TLSv1.2_2021 or newer",
    }),
  ];
}

const logging = (enabled: boolean): Fault[] =>
  unless(enabled, { property: "accessLogs.enabled", got: "false", want: "true, with a bucket" });

/**
 * The load balancer of a Service, or of the Service that a chart makes from `service` in its values. Its listeners are not visible here.
 * An internal one may forward TCP to the mesh, which terminates TLS and logs requests; AWS does not log forwarded connections (Network Load Balancer user guide, "Access logs").
 */
function service(path: string, spec: Bag, annotations: Bag): Fault[] {
  const property = path.replace(/^metadata\./, "spec.");
  const reached = texts(spec, "externalIPs");
  const beside: Fault[] = [
    // The proxies of a gateway are reached by its load balancer, through a port of their nodes.
    ...unless(path !== "metadata." || text(spec, "type") !== "NodePort", {
      property: `${property}type`,
      got: "NodePort",
      want: "ClusterIP, behind the gateway",
    }),
    ...unless(reached.length === 0, { property: `${property}externalIPs`, got: reached.join(", "), want: "left out" }),
  ];
  if (text(spec, "type") !== "LoadBalancer") {
    return beside;
  }
  const said = (name: string): string | undefined => text(annotations, `${ANNOTATION}-${name}`);
  const internal = said("internal") === "true" || said("scheme") === "internal";
  const encrypted = hasKey(annotations, `${ANNOTATION}-ssl-cert`) && MODERN_TLS.test(said("ssl-negotiation-policy") ?? "");
  return internal || encrypted
    ? beside
    : [
        ...beside,
        {
          property: `${path}annotations.${ANNOTATION}-internal`,
          got: said("internal") ?? "nothing",
          want: `true, or used with '${ANNOTATION}-ssl-cert' and a policy of TLS 1.2 or newer`,
        },
      ];
}

/** Certificates and listeners of the AWS Load Balancer Controller, which ends TLS without a Secret. */
const ALB = "alb.ingress.kubernetes.io";

function ingress(inputs: Bag): Fault[] {
  const annotations = bag(inputs, "metadata", "annotations");
  const ports = text(annotations, `${ALB}/listen-ports`) ?? "";
  const byBalancer = hasKey(annotations, `${ALB}/certificate-arn`) || (ports.includes("HTTPS") && !/"HTTP"/.test(ports));
  const certificates = bags(inputs, "spec", "tls");
  const hosts = certificates.flatMap((each) => texts(each, "hosts"));
  const covered = (host: string): boolean =>
    hosts.some((each) => each === host || (each.startsWith("*.") && host.slice(host.indexOf(".")) === each.slice(1)));
  if (!byBalancer && certificates.length === 0) {
    return [{ property: "spec.tls", got: "nothing", want: "set, with the hosts of all rules" }];
  }
  return bags(inputs, "spec", "rules").flatMap((rule, index): Fault[] => {
    const host = text(rule, "host");
    const property = `spec.rules[${index}].host`;
    if (host === undefined || host === "*") {
      return [{ property, got: host ?? "nothing, which is every host", want: "the host that it answers for" }];
    }
    return unless(byBalancer || covered(host), { property, got: host, want: "one of the hosts in 'spec.tls'" });
  });
}
