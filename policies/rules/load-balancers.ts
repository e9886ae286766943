import { type Fault, levels, rule } from "../rule.ts";

const LISTENERS = ["aws:lb/listener:Listener", "aws:alb/listener:Listener"];
const BALANCERS = ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"];
const CLASSIC = "aws:elb/loadBalancer:LoadBalancer";
const SERVICE = "kubernetes:core/v1:Service";
const CHART = "kubernetes:helm.sh/v3:Release";

/** Policies without TLS 1.0 and 1.1 (Elastic Load Balancing user guides, "Security policies"). Where none is set AWS takes one with both. */
const MODERN_TLS = /^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)(-|$)/;

const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer";

export const listenersEncrypted = rule({
  id: "NET-04",
  title:
    "Load balancers speak TLS 1.2 or newer, answer HTTP with a redirect and log requests; those of a cluster stay inside the VPC or end TLS",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP ELB.1", "FSBP ELB.5", "CIS EKS 5.4.5"],
  remediation:
    "Set `protocol` HTTPS or TLS with an `sslPolicy` from TLS 1.2, redirect HTTP, and enable `accessLogs`; annotate a Service of type LoadBalancer as internal, or with a certificate.",
  peers: ["pulumi compliance-policies", "CKV_AWS_2", "CKV_AWS_91", "CKV2_AWS_20", "CKV2_AWS_74"],
  types: [...LISTENERS, ...BALANCERS, CLASSIC, SERVICE, CHART],
  check: ({ type, inputs }) => {
    if (LISTENERS.includes(type)) {
      return listener(inputs);
    }
    if (BALANCERS.includes(type)) {
      // A gateway load balancer hands on packets and has no log.
      return inputs.loadBalancerType === "gateway" ? [] : logging(inputs.accessLogs?.enabled ?? false);
    }
    if (type === CLASSIC) {
      return [...classicListeners(inputs), ...logging("accessLogs" in inputs && inputs.accessLogs.enabled !== false)];
    }
    return type === SERVICE
      ? service("", inputs.spec, inputs.metadata?.annotations)
      : service("values.service.", inputs.values?.service, inputs.values?.service?.annotations);
  },
});

function listener({ protocol, defaultActions = [], sslPolicy }: any): Fault[] {
  switch (protocol) {
    case undefined:
    case "GENEVE":
      return [];
    case "HTTP":
      return defaultActions.every(({ type, redirect }: any) => type === "redirect" && redirect?.protocol === "HTTPS")
        ? []
        : [{ property: "protocol", got: "HTTP", want: "HTTPS, or redirect there" }];
    case "HTTPS":
    case "TLS":
      return MODERN_TLS.test(sslPolicy ?? "")
        ? []
        : [
            {
              property: "sslPolicy",
              got: sslPolicy ?? "nothing",
              want: "a policy from TLS 1.2, such as ELBSecurityPolicy-TLS13-1-2-2021-06",
            },
          ];
    default:
      return [{ property: "protocol", got: protocol, want: "HTTPS or TLS" }];
  }
}

const classicListeners = ({ listeners = [] }: any): Fault[] =>
  listeners.flatMap(({ lbProtocol }: any, at: number) =>
    /^(https|ssl)$/i.test(lbProtocol) ? [] : [{ property: `listeners.${at}.lbProtocol`, got: lbProtocol, want: "https or ssl" }],
  );

const logging = (enabled: boolean): Fault[] =>
  enabled ? [] : [{ property: "accessLogs.enabled", got: "false", want: "true, with a bucket" }];

/**
 * The load balancer of a Service, or of the Service that a chart makes from `service` in its values. It has no listeners that could
 * be seen here. One that the VPC alone reaches may hand TCP on to the mesh, which ends TLS and logs requests; AWS does not log what
 * it passes on (Network Load Balancer user guide, "Access logs").
 */
function service(path: string, spec: any, annotations: any = {}): Fault[] {
  if (spec?.type !== "LoadBalancer") {
    return [];
  }
  const internal = annotations[`${ANNOTATION}-internal`] === "true" || annotations[`${ANNOTATION}-scheme`] === "internal";
  const encrypted =
    `${ANNOTATION}-ssl-cert` in annotations && MODERN_TLS.test(annotations[`${ANNOTATION}-ssl-negotiation-policy`] ?? "");
  const where = `${path === "" ? "metadata." : path}annotations.${ANNOTATION}-internal`;
  return internal || encrypted
    ? []
    : [
        {
          property: where,
          got: annotations[`${ANNOTATION}-internal`] ?? "nothing",
          want: `true, or beside '${ANNOTATION}-ssl-cert' and a policy from TLS 1.2`,
        },
      ];
}
