import { hostNodes, SUBNET } from "../../aws/clusters.ts";
import { LAUNCH_TEMPLATE, NODE_GROUP } from "../../aws/types.ts";
import { type Fault, ofEach, unless } from "../../findings.ts";
import { NODE_CLASS } from "../../kubernetes/types.ts";
import { type Bag, bags, flag, isSet } from "../../read.ts";
import { levels, stackRule } from "../../rule.ts";

const publicAddress = (given: boolean | undefined, property: string): Fault[] =>
  unless(given !== true, { property, got: "true", want: "false" });

/** What would put a node on the internet, by type. */
const EXPOSURES = new Map<string, (inputs: Bag) => Fault[]>([
  [NODE_GROUP, (inputs) => unless(!isSet(inputs, "remoteAccess"), { property: "remoteAccess", got: "SSH", want: "left out" })],
  [SUBNET, (inputs) => publicAddress(flag(inputs, "mapPublicIpOnLaunch"), "mapPublicIpOnLaunch")],
  [
    LAUNCH_TEMPLATE,
    (inputs) =>
      bags(inputs, "networkInterfaces").flatMap((each, index) =>
        publicAddress(flag(each, "associatePublicIpAddress"), `networkInterfaces.${index}.associatePublicIpAddress`),
      ),
  ],
  [NODE_CLASS, (inputs) => publicAddress(flag(inputs, "spec", "associatePublicIPAddress"), "spec.associatePublicIPAddress")],
]);

export const EKS_09 = stackRule({
  id: "EKS-09",
  title: "Nodes have no public address and no SSH",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 5.4.3", "FSBP EC2.9", "FSBP EC2.15", "FSBP EC2.25"],
  remediation:
    "Place nodes in private subnets without public addresses, and connect to them with AWS Systems Manager or `kubectl debug node`.",
  peers: ["CKV_AWS_100", "CKV_AWS_130", "CKV_AWS_88", "AWS-0164", "prowler"],
  types: [...EXPOSURES.keys()],
  relate: (resources) =>
    hostNodes(resources)
      ? ofEach(resources, (resource) =>
          (EXPOSURES.get(resource.type)?.(resource.inputs) ?? []).map((fault) => ({ resource, ...fault })),
        )
      : [],
});
