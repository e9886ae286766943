import { type Fault, unless } from "../../findings.ts";
import { isSet } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** What ties an address to a machine or to its network card, by type. An address of a NAT gateway or of a load balancer names neither. */
const TIES: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/eip:Eip": ["instance", "networkInterface"],
  "aws:ec2/eipAssociation:EipAssociation": ["instanceId", "networkInterfaceId"],
  "aws:lightsail/staticIpAttachment:StaticIpAttachment": ["instanceName"],
};

export const AWS_05 = rule({
  id: "AWS-05",
  title: "No address of the internet is given to a machine",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EC2.9", "FSBP EC2.12"],
  remediation:
    "Reach the machine with Session Manager or through a load balancer, and let it call the internet through a NAT gateway.",
  peers: ["CKV2_AWS_19", "prowler"],
  types: Object.keys(TIES),
  check: ({ type, inputs }): Fault[] =>
    (TIES[type] ?? []).flatMap((property) => unless(!isSet(inputs, property), { property, got: "a machine", want: "left out" })),
});
