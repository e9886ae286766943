import { BALANCERS } from "../../aws/types.ts";
import { type Finding, together, unless } from "../../findings.ts";
import { type Bag, flag, list, number, numberOr, only, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const TARGETS = ["aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"];

interface Balance {
  /** Whether a network load balancer must have a security group. It cannot get one later. */
  grouped: boolean;
  /** Whether targets of a network load balancer may call it themselves, as the pods of a cluster do. */
  calledByTargets: boolean;
}

const STRICT: Balance = { grouped: true, calledByTargets: true };

export const NET_10 = rule<Balance>({
  id: "NET-10",
  title: "A load balancer outlives a slip and a zone, has a security group, and sends requests to targets that can answer",
  severity: "medium",
  levels: levels("–/A/M"),
  frameworks: ["FSBP ELB.6", "FSBP ELB.13", "FSBP ELB.18"],
  remediation:
    'Set `enableDeletionProtection: true`, `securityGroups` and subnets in two zones. Leave the health check of a target group enabled, and set `preserveClientIp: "false"` where targets call the load balancer themselves.',
  peers: ["CKV_AWS_150", "CKV_AWS_261", "prowler"],
  types: [...BALANCERS, ...TARGETS],
  parameters: { dev: STRICT, staging: STRICT, prod: STRICT },
  // Groups came to network load balancers late, and few targets call themselves.
  elsewhere: { grouped: false, calledByTargets: false },
  check: ({ type, inputs }, terms) => (BALANCERS.includes(type) ? balancer(inputs, terms) : targets(inputs, terms)),
});

function balancer(inputs: Bag, { grouped }: Balance): Finding[] {
  const type = text(inputs, "loadBalancerType") ?? "application";
  return together(
    () =>
      unless(flag(inputs, "enableDeletionProtection") === true, {
        property: "enableDeletionProtection",
        got: text(inputs, "enableDeletionProtection") ?? "nothing",
        want: "true",
      }),
    () => {
      const property = list(inputs, "subnetMappings").length > 0 ? "subnetMappings" : "subnets";
      const zones = list(inputs, property).length;
      return unless(zones > 1, { property, got: String(zones), want: "at least 2, each in a zone of its own" });
    },
    () =>
      unless(type === "gateway" || (type === "network" && !grouped) || list(inputs, "securityGroups").length > 0, {
        property: "securityGroups",
        got: "nothing",
        want: "a security group of its own",
      }),
  );
}

/** Seconds that a request in flight needs at least to end. */
const LEAST_DELAY = 5;

const targets = (inputs: Bag, { calledByTargets }: Balance): Finding[] =>
  text(inputs, "targetType") === "lambda"
    ? []
    : together(
        () => {
          const check = only(inputs, "healthCheck");
          return unless(flag(check, "enabled") !== false, { property: "healthCheck.enabled", got: "false", want: "true" });
        },
        () => {
          const codes = text(only(inputs, "healthCheck"), "matcher") ?? "";
          const want = "codes of answers, without those of errors (5xx)";
          return unless(!takesErrors(codes), { property: "healthCheck.matcher", got: codes, want });
        },
        () => {
          const delay = numberOr(300, inputs, "deregistrationDelay");
          const want = `at least ${LEAST_DELAY} seconds, in which requests end`;
          return unless(!(delay < LEAST_DELAY), { property: "deregistrationDelay", got: String(delay), want });
        },
        () => (calledByTargets ? calls(inputs) : []),
      );

/** Codes and ranges of them, such as `200,202` or `200-399`. */
const takesErrors = (codes: string): boolean =>
  codes.split(",").some((range) => (number({ last: range.split("-").at(-1) }, "last") ?? 0) >= 500);

/**
 * A packet that comes back to the machine that sent it, from its own address, is dropped (Elastic Load Balancing, "Client IP preservation").
 * AWS keeps addresses by default for instances, and for addresses of UDP.
 */
function calls(inputs: Bag): Finding[] {
  const protocol = text(inputs, "protocol") ?? "";
  const [ofNetwork, byInstance] = [/^(TCP|TLS)$/.test(protocol), (text(inputs, "targetType") ?? "instance") === "instance"];
  const preserved = flag(inputs, "preserveClientIp") ?? byInstance;
  return unless(!ofNetwork || !preserved, {
    property: "preserveClientIp",
    got: text(inputs, "preserveClientIp") ?? "nothing, which is true",
    want: "false: a target that calls itself gets no answer",
  });
}
