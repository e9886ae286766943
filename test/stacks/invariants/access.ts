import type { Recorded } from "#plan/record";
import { type Invariant, offending, pick, valuesIn } from "./invariant.ts";

export const access: Invariant[] = [
  {
    rule: "no role may do everything, nor change everything",
    offenders: offending(
      ({ type, inputs }) => type === "aws:iam/rolePolicy:RolePolicy" && statementsOf(inputs).some(isBoundless),
    ),
    counterexample: {
      of: "workloads",
      change: (stack) => {
        const policy = (statement: object) => JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] });
        const models = pick(stack, "aws:iam/rolePolicy:RolePolicy", "fraud-reader-permissions");
        models.inputs["policy"] = policy({ Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::models/*"] });
        const add = (name: string, statement: object) =>
          stack.resources.push({ ...models, name, inputs: { policy: policy(statement) } });
        add("service", { Action: ["s3:*"], Resource: ["arn:aws:s3:::models/*"] });
        add("write", { Action: ["s3:GetObject", "s3:PutObject"], Resource: "*" });
        add("other", { NotAction: ["iam:*"], Resource: ["arn:aws:s3:::models/*"] });
        add("read", { Action: ["ec2:DescribeInstances"], Resource: ["*"] });
        add("bound", { Action: ["kms:CreateKey"], Resource: ["*"], Condition: {} });
      },
      found: ["service", "write", "other"].map((name) => `aws:iam/rolePolicy:RolePolicy ${name}`),
    },
  },
  {
    rule: "nothing is open to every address",
    offenders: offending(({ type, inputs }) => isOpen(type, inputs)),
    counterexample: {
      of: "platform",
      change: (stack) => {
        pick(stack, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "database-from-cluster").inputs["cidrIpv4"] =
          "0.0.0.0/0";
        // Where no CIDR is named, EKS takes every address.
        pick(stack, "aws:eks/cluster:Cluster", "cluster").inputs["vpcConfig"].endpointPublicAccess = true;
      },
      found: [
        "aws:eks/cluster:Cluster cluster",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule database-from-cluster",
      ],
    },
  },
  {
    rule: "a pod that calls a load balancer of its own cluster may be sent back to its own node",
    offenders: offending(({ type, inputs }) => keepsClientAddress(type, inputs)),
    counterexample: {
      of: "platform",
      change: (stack) => {
        const nodes = pick(stack, "aws:lb/targetGroup:TargetGroup", "ingress-nodes");
        const add = (type: string, name: string, inputs: object) => stack.resources.push({ ...nodes, type, name, inputs });
        const annotations = (more: object) => ({
          annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb", ...more },
        });
        delete nodes.inputs["preserveClientIp"];
        add(nodes.type, "udp", { protocol: "UDP", targetType: "ip" });
        add(nodes.type, "addresses", { protocol: "TCP", targetType: "ip" });
        add("kubernetes:core/v1:Service", "service", { metadata: annotations({}), spec: { type: "LoadBalancer" } });
        add("kubernetes:core/v1:Service", "told", {
          metadata: annotations({
            "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=false",
          }),
          spec: { type: "LoadBalancer" },
        });
        add("kubernetes:helm.sh/v3:Release", "chart", { values: { proxy: { service: { type: "LoadBalancer" } } } });
      },
      found: [
        "aws:lb/targetGroup:TargetGroup ingress-nodes",
        "aws:lb/targetGroup:TargetGroup udp",
        "kubernetes:core/v1:Service service",
        "kubernetes:helm.sh/v3:Release chart",
      ],
    },
  },
  {
    rule: "a container runs without privilege, within limits, and cannot change its image",
    offenders: offending(({ type, inputs }) => type.startsWith("kubernetes:") && podsIn(inputs).some((pod) => !isConfined(pod))),
    counterexample: {
      of: "platform",
      change: (stack) => {
        podsIn(pick(stack, "kubernetes:batch/v1:Job", "tracking-migration").inputs)[0].initContainers[0].securityContext = {};
        delete podsIn(pick(stack, "kubernetes:apps/v1:Deployment", "tracking-server").inputs)[0].containers[1].resources.limits
          .memory;
        podsIn(pick(stack, "kubernetes:batch/v1:CronJob", "tracking-collection").inputs)[0].securityContext.runAsNonRoot = false;
      },
      found: [
        "kubernetes:batch/v1:Job tracking-migration",
        "kubernetes:batch/v1:CronJob tracking-collection",
        "kubernetes:apps/v1:Deployment tracking-server",
      ],
    },
  },
];

const list = (value: string | string[] | undefined): string[] => [value ?? []].flat();

/** Those of a role's permissions; none while a preview does not know them. */
function statementsOf({ policy }: Recorded["inputs"]): any[] {
  return typeof policy === "string" && policy.startsWith("{") ? JSON.parse(policy).Statement : [];
}

/** Reading may reach everything, as most lists cannot be narrowed; so may what a condition narrows. */
function isBoundless({ Effect, Action, NotAction, Resource, NotResource, Condition }: any): boolean {
  if (Effect !== "Allow") {
    return false;
  }
  const actions = list(Action);
  const everything = actions.some((action) => action === "*" || action.endsWith(":*"));
  const everywhere = list(Resource).includes("*") && !Condition && !actions.every((each) => READS.test(each));
  return everything || everywhere || NotAction !== undefined || NotResource !== undefined || list(Resource).length === 0;
}

const READS = /^[a-z0-9-]+:(BatchGet|Describe|Get|List|View)/;

/** No network of ours is wider than 10.0.0.0/8: neither `0.0.0.0/0` nor `::/0`, nor their halves. */
const isAnywhere = (cidr: unknown): boolean => typeof cidr === "string" && /[.:].*\/[0-7]$/.test(cidr);

function isOpen(type: string, inputs: Recorded["inputs"]): boolean {
  switch (type) {
    case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      return isAnywhere(inputs["cidrIpv4"]) || isAnywhere(inputs["cidrIpv6"]);
    case "aws:ec2/securityGroup:SecurityGroup":
    case "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
      return [...valuesIn(inputs["ingress"])].some(({ value }) => isAnywhere(value));
    case "aws:rds/instance:Instance":
      return inputs["publiclyAccessible"] !== false;
    case "aws:eks/cluster:Cluster": {
      const { endpointPublicAccess, publicAccessCidrs = ["0.0.0.0/0"] } = inputs["vpcConfig"];
      return endpointPublicAccess !== false && publicAccessCidrs.some(isAnywhere);
    }
    default:
      return false;
  }
}

/**
 * Whether a load balancer hands on the address of its client: then a connection of a pod to itself, or to its own node, fails (Network
 * Load Balancer user guide, "Client IP preservation"). It does so for instances, and for UDP, unless it is told otherwise.
 */
function keepsClientAddress(type: string, inputs: Recorded["inputs"]): boolean {
  if (type === "aws:lb/targetGroup:TargetGroup") {
    const { protocol, targetType = "instance", preserveClientIp } = inputs;
    return /UDP/.test(protocol) || (/TCP|TLS/.test(protocol) && targetType === "instance" && preserveClientIp !== "false");
  }
  const services = type.startsWith("kubernetes:") ? [...valuesIn(inputs)].map(({ value }) => value as any) : [];
  return services
    .filter((value) => value?.type === "LoadBalancer")
    .some((value) => !/preserve_client_ip\.enabled=false|"ip"/.test(JSON.stringify([value.annotations, inputs["metadata"]])));
}

/** Pods that an object describes: what has containers. */
const podsIn = (inputs: Recorded["inputs"]): any[] =>
  [...valuesIn(inputs)].map(({ value }) => value as any).filter((value) => Array.isArray(value?.containers));

function isConfined({ securityContext: pod, containers, initContainers = [], automountServiceAccountToken }: any): boolean {
  return (
    pod?.runAsNonRoot === true &&
    pod.seccompProfile?.type === "RuntimeDefault" &&
    automountServiceAccountToken === false &&
    [...containers, ...initContainers].every(
      ({ securityContext: own, resources }: any) =>
        own?.allowPrivilegeEscalation === false &&
        own.readOnlyRootFilesystem === true &&
        own.capabilities?.drop?.includes("ALL") &&
        resources?.requests?.cpu !== undefined &&
        resources.requests.memory !== undefined &&
        resources.limits?.memory !== undefined,
    )
  );
}
