import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { CHART_RELEASE, SERVICE } from "../../kubernetes/types.ts";
import { at, type Bag, bag, bags, flag, hasKey, isSet, number, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const LISTENERS = ["aws:lb/listener:Listener", "aws:alb/listener:Listener"];
const BALANCERS = ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"];
const CLASSIC = "aws:elb/loadBalancer:LoadBalancer";

/** Policies without TLS 1.0 and 1.1 (Elastic Load Balancing user guides, "Security policies"). AWS's default has both. */
const MODERN_TLS = /^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)(-|$)/;

const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer";

export const NET_04 = rule({
  id: "NET-04",
  title:
    "Load balancers speak TLS 1.2 or newer, answer HTTP with a redirect and log requests; those of a cluster are internal or terminate TLS",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP ELB.1", "FSBP ELB.5", "CIS EKS 5.4.5"],
  remediation:
    "Set `protocol` HTTPS or TLS with an `sslPolicy` of TLS 1.2 or newer, redirect HTTP, and enable `accessLogs`. Annotate a Service of type LoadBalancer as internal, or with a certificate.",
  peers: ["pulumi compliance-policies", "CKV_AWS_2", "CKV_AWS_91", "CKV2_AWS_20", "CKV2_AWS_74"],
  types: [...LISTENERS, ...BALANCERS, CLASSIC, SERVICE, CHART_RELEASE],
  check: ({ type, inputs }): Finding[] => {
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

const logging = (enabled: boolean): Fault[] =>
  unless(enabled, { property: "accessLogs.enabled", got: "false", want: "true, with a bucket" });

/**
 * The load balancer of a Service, or of the Service that a chart makes from `service` in its values. Its listeners are not visible here.
 * An internal one may forward TCP to the mesh, which terminates TLS and logs requests; AWS does not log forwarded connections (Network Load Balancer user guide, "Access logs").
 */
function service(path: string, spec: Bag, annotations: Bag): Fault[] {
  if (text(spec, "type") !== "LoadBalancer") {
    return [];
  }
  const said = (name: string): string | undefined => text(annotations, `${ANNOTATION}-${name}`);
  const internal = said("internal") === "true" || said("scheme") === "internal";
  const encrypted = hasKey(annotations, `${ANNOTATION}-ssl-cert`) && MODERN_TLS.test(said("ssl-negotiation-policy") ?? "");
  return internal || encrypted
    ? []
    : [
        {
          property: `${path}annotations.${ANNOTATION}-internal`,
          got: said("internal") ?? "nothing",
          want: `true, or used with '${ANNOTATION}-ssl-cert' and a policy of TLS 1.2 or newer`,
        },
      ];
}
