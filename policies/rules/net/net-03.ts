import { hostNodes } from "../../aws/clusters.ts";
import { VPC, VPC_ENDPOINT } from "../../aws/types.ts";
import { type Fault, ofEach, unless } from "../../findings.ts";
import { flag, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** What carries credentials, keys and secrets. Other endpoints cost more than the NAT traffic that they save. */
const SECRETS = ["s3", "sts", "eks-auth", "secretsmanager", "kms"];

export const NET_03 = stackRule({
  id: "NET-03",
  title: "Credentials, keys and secrets of a cluster travel through endpoints inside its VPC",
  severity: "medium",
  levels: levels("–/A/M"),
  frameworks: ["FSBP EC2.10"],
  remediation:
    "Add an `aws.ec2.VpcEndpoint` of type `Interface` with `privateDnsEnabled: true` for the service. For S3 use the type `Gateway`, which is free.",
  peers: ["prowler"],
  parameters: { dev: { services: ["s3"] }, staging: { services: ["s3", "secretsmanager"] }, prod: { services: SECRETS } },
  types: [VPC, VPC_ENDPOINT],
  relate: (resources, { services }) =>
    ofEach(
      // Endpoints are for the pods and nodes of a cluster; another network may need none.
      hostNodes(resources) ? resources.filter(({ type }) => type === VPC) : [],
      (vpc) => {
        const endpoints = resources.filter(({ type, dependencies }) => type === VPC_ENDPOINT && dependencies.includes(vpc.name));
        return services.flatMap((service) => {
          const own = endpoints.filter((endpoint) => serviceOf(endpoint) === service);
          const want = service === "s3" ? "present, as a gateway" : "present";
          return own.length === 0
            ? [{ resource: vpc, property: `endpoint of ${service}`, got: "nothing", want }]
            : own.flatMap(unfound);
        });
      },
    ),
});

/** Without a name in the network, nobody finds an endpoint, and calls take the way through the internet. */
function unfound(resource: Resource): Fault[] {
  const isGateway = (text(resource.inputs, "vpcEndpointType") ?? "Gateway") === "Gateway";
  return unless(isGateway || flag(resource.inputs, "privateDnsEnabled") === true, {
    resource,
    property: "privateDnsEnabled",
    got: text(resource.inputs, "privateDnsEnabled") ?? "nothing",
    want: "true",
  });
}

/** `ecr.api` of `com.amazonaws.eu-west-1.ecr.api`. An interface endpoint for S3 costs by the byte and does not count. */
function serviceOf({ inputs }: Resource): string | undefined {
  const service = /^(?:cn\.)?com\.amazonaws\.[^.]+\.(.+)$/.exec(text(inputs, "serviceName") ?? "")?.[1];
  return service === "s3" && (text(inputs, "vpcEndpointType") ?? "Gateway") !== "Gateway" ? undefined : service;
}
