import { hostNodes } from "../../aws/clusters.ts";
import { LAUNCH_TEMPLATE } from "../../aws/types.ts";
import { isListed } from "../../exceptions.ts";
import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { bags, flag, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const MACHINES = [
  "aws:ec2/instance:Instance",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
];

/** What else has an address on the internet, by the property that says so. */
const PUBLIC: Readonly<Record<string, string>> = {
  "aws:dms/replicationInstance:ReplicationInstance": "publiclyAccessible",
  "aws:mq/broker:Broker": "publiclyAccessible",
};

const KEY_PAIR = "aws:ec2/keyPair:KeyPair";

interface Logins {
  /** Globs of the names of machines and keys with which people may sign in over SSH. */
  ssh: string[];
}

const NOBODY: Logins = { ssh: [] };

export const NET_05 = stackRule<Logins>({
  id: "NET-05",
  title:
    "Machines have no public address and no key for SSH, and give their role only to sessions of the metadata service (IMDSv2)",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EC2.8", "FSBP EC2.9", "FSBP EC2.25", "FSBP AutoScaling.3", "FSBP AutoScaling.5"],
  remediation:
    'Leave `associatePublicIpAddress` and `keyName` out, reach the machine with Session Manager or a load balancer, and set `metadataOptions: { httpTokens: "required" }`.',
  peers: ["CKV_AWS_79", "CKV_AWS_88", "CKV_AWS_69", "AWS-0028", "prowler"],
  types: [...MACHINES, LAUNCH_TEMPLATE, KEY_PAIR, ...Object.keys(PUBLIC)],
  parameters: { dev: NOBODY, staging: NOBODY, prod: NOBODY },
  // A machine of others may have no agent of Systems Manager.
  elsewhere: { ssh: ["*"] },
  relate: (resources, { ssh }) =>
    together(
      () => ofEach(resources, (each) => exposed(each, resources)),
      () => ofEach(resources, (each) => (isListed(each.name, ssh) ? [] : keyOf(each))),
    ),
});

function exposed(each: Resource, resources: readonly Resource[]): readonly Finding[] {
  if (MACHINES.includes(each.type)) {
    return together(
      () => address(each, flag(each.inputs, "associatePublicIpAddress"), "associatePublicIpAddress"),
      () => metadata(each),
    );
  }
  const property = PUBLIC[each.type];
  if (property !== undefined) {
    return address(each, flag(each.inputs, property), property);
  }
  // Templates of nodes are a matter of EKS-09, and the metadata service of every template one of EKS-10.
  return each.type === LAUNCH_TEMPLATE && !hostNodes(resources)
    ? bags(each.inputs, "networkInterfaces").flatMap((network, index) =>
        address(each, flag(network, "associatePublicIpAddress"), `networkInterfaces.${index}.associatePublicIpAddress`),
      )
    : [];
}

/** A key lies with people for years, and nobody records what they do with it. Keys of node groups are a matter of EKS-09. */
function keyOf(resource: Resource): Finding[] {
  const { type, inputs } = resource;
  if (type === KEY_PAIR) {
    return [{ resource, property: "publicKey", got: "a key for SSH", want: "left out, in favour of Session Manager" }];
  }
  const isMachine = type === LAUNCH_TEMPLATE || MACHINES.includes(type);
  return unless(!isMachine || !isSet(inputs, "keyName"), {
    resource,
    property: "keyName",
    got: isMachine ? shown(inputs["keyName"]) : "",
    want: "left out, in favour of Session Manager",
  });
}

const address = (resource: Resource, given: boolean | undefined, property: string): Finding[] =>
  unless(given !== true, { resource, property, got: "true", want: "false" });

function metadata(resource: Resource): Finding[] {
  const { inputs } = resource;
  const got = text(inputs, "metadataOptions", "httpTokens") ?? "nothing";
  return unless(got === "required" || text(inputs, "metadataOptions", "httpEndpoint") === "disabled", {
    resource,
    property: "metadataOptions.httpTokens",
    got,
    want: "required",
  });
}
