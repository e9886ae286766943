import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, rule, stackRule } from "../rule.ts";
import { listenersEncrypted } from "./load-balancers.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const VPC = "aws:ec2/vpc:Vpc";

/** Names of the security groups, and of rules beside them, through which the internet may reach a load balancer. */
const internetFacing = { internetFacing: [] as string[] };

const closedToInternet = rule({
  id: "NET-01",
  title: "The internet reaches port 443 of named load balancers and nothing else; default security groups are empty",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP EC2.2", "FSBP EC2.13", "FSBP EC2.18", "FSBP EC2.19"],
  remediation:
    "Name the networks or security groups that need the port, and empty the default group with `DefaultSecurityGroup` and `ingress: [], egress: []`.",
  peers: ["pulumi compliance-policies", "CKV2_AWS_12", "AWS-0107", "prowler"],
  types: [GROUP, DEFAULT_GROUP, GROUP_RULE, INGRESS_RULE],
  parameters: { dev: internetFacing, staging: internetFacing, prod: internetFacing },
  check: ({ type, name, inputs }, terms) => {
    if (type === DEFAULT_GROUP) {
      return ["ingress", "egress"]
        .map((property) => ({ property, rules: (inputs[property] ?? []).length }))
        .filter(({ rules }) => rules > 0)
        .map(({ property, rules }) => ({ property, got: `${rules} of them`, want: "empty" }));
    }
    return opened(type, inputs)
      .filter(({ ports }) => !(terms.internetFacing.includes(name) && ports === "443"))
      .map(({ property, ports }) => ({ property, got: `everybody on ${ports}`, want: "networks or groups that you know" }));
  },
});

/** Where a group or a rule lets every address in, and on which ports. */
function opened(type: string, inputs: any): { property: string; ports: string }[] {
  if (type === INGRESS_RULE) {
    return ["cidrIpv4", "cidrIpv6"]
      .filter((key) => isEverybody(inputs[key]))
      .map((property) => ({ property, ports: portsOf(inputs) }));
  }
  const rules: [string, any][] =
    type === GROUP
      ? (inputs.ingress ?? []).map((each: any, at: number) => [`ingress.${at}.`, each])
      : inputs.type === "egress"
        ? []
        : [["", inputs]];
  return rules.flatMap(([path, each]) =>
    ["cidrBlocks", "ipv6CidrBlocks"]
      .filter((key) => (each[key] ?? []).some(isEverybody))
      .map((key) => ({ property: `${path}${key}`, ports: portsOf(each) })),
  );
}

/** `0.0.0.0/0`, and `::/0` however it is written. */
const isEverybody = (cidr: string | undefined): boolean => cidr?.endsWith("/0") ?? false;

function portsOf({ protocol, ipProtocol = protocol, fromPort, toPort }: any): string {
  const all = ipProtocol === "-1" || ipProtocol === "all" || fromPort === undefined || fromPort === -1;
  return all ? "every port" : fromPort === toPort ? String(fromPort) : `${fromPort}–${toPort}`;
}

const flowsRecorded = stackRule({
  id: "NET-02",
  title: "Every flow in a VPC is recorded, in a bucket or in a log group with a key of ours",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EC2.6", "CIS AWS 4.7"],
  remediation: 'Add an `aws.ec2.FlowLog` with the VPC\'s `vpcId` and `trafficType: "ALL"`.',
  peers: ["CKV2_AWS_11", "prowler"],
  relate: (resources) => {
    const logs = resources.filter(({ type, inputs }) => type === "aws:ec2/flowLog:FlowLog" && "vpcId" in inputs);
    return [
      ...ofType(resources, VPC)
        .filter(({ name }) => !logs.some(({ dependencies }) => dependencies.includes(name)))
        .map((resource) => ({ resource, property: "flow log", got: "nothing", want: "there, for all traffic" })),
      ...logs.flatMap((resource): Fault[] => {
        const { trafficType } = resource.inputs;
        return trafficType === "ALL" ? [] : [{ resource, property: "trafficType", got: trafficType ?? "nothing", want: "ALL" }];
      }),
      ...ofType(resources, "aws:cloudwatch/logGroup:LogGroup")
        .filter(({ name, inputs }) => !("kmsKeyId" in inputs) && logs.some(({ dependencies }) => dependencies.includes(name)))
        .map((resource) => ({ resource, property: "kmsKeyId", got: "nothing", want: "the ARN of a key of yours" })),
    ];
  },
});

/** What pods need of AWS to start: images, credentials. In prod also what they then write and decrypt. */
const START = ["s3", "ecr.api", "ecr.dkr", "sts", "eks-auth"];
const RUN = [...START, "logs", "kms", "secretsmanager"];

const endpointsPrivate = stackRule({
  id: "NET-03",
  title: "Images, credentials, keys, secrets and logs travel through endpoints inside the VPC",
  severity: "medium",
  levels: levels("–/A/M"),
  frameworks: ["FSBP EC2.10"],
  remediation: "Add an `aws.ec2.VpcEndpoint` of type `Interface` for the service; of type `Gateway` for S3, which is free.",
  peers: ["prowler"],
  parameters: { dev: { services: RUN }, staging: { services: START }, prod: { services: RUN } },
  relate: (resources, { services }) =>
    ofType(resources, VPC).flatMap((resource) => {
      const endpoints = ofType(resources, "aws:ec2/vpcEndpoint:VpcEndpoint").filter(({ dependencies }) =>
        dependencies.includes(resource.name),
      );
      const there = endpoints.map(serviceOf);
      return services
        .filter((service) => !there.includes(service))
        .map((service) => ({
          resource,
          property: `endpoint of ${service}`,
          got: "nothing",
          want: service === "s3" ? "there, as a gateway" : "there",
        }));
    }),
});

/** `ecr.api` of `com.amazonaws.eu-west-1.ecr.api`. An interface for S3 costs by the byte and counts as none. */
function serviceOf({ inputs }: Resource): string | undefined {
  const service = /^(?:cn\.)?com\.amazonaws\.[^.]+\.(.+)$/.exec(inputs.serviceName ?? "")?.[1];
  return service === "s3" && (inputs.vpcEndpointType ?? "Gateway") !== "Gateway" ? undefined : service;
}

const ofType = (resources: readonly Resource[], wanted: string): Resource[] => resources.filter(({ type }) => type === wanted);

export const NETWORK: readonly Rule[] = [closedToInternet, flowsRecorded, endpointsPrivate, listenersEncrypted];
