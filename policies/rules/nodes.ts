import { patternOf } from "../exceptions.ts";
import { type Fault, levels, type Rule, rule } from "../rule.ts";

const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const SUBNET = "aws:ec2/subnet:Subnet";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass";

/** What would put a node on the internet, by type. */
const EXPOSURES: Record<string, (inputs: any) => Fault[]> = {
  [NODE_GROUP]: (inputs) => ("remoteAccess" in inputs ? [{ property: "remoteAccess", got: "SSH", want: "left out" }] : []),
  [SUBNET]: ({ mapPublicIpOnLaunch = false }) =>
    mapPublicIpOnLaunch ? [{ property: "mapPublicIpOnLaunch", got: "true", want: "false" }] : [],
  [TEMPLATE]: ({ networkInterfaces = [] }) =>
    networkInterfaces.flatMap(({ associatePublicIpAddress = "false" }: any, index: number) =>
      // A text with a truth value, or nothing.
      String(associatePublicIpAddress) === "true"
        ? [{ property: `networkInterfaces.${index}.associatePublicIpAddress`, got: "true", want: "false" }]
        : [],
    ),
  [NODE_CLASS]: ({ spec: { associatePublicIPAddress = false } = {} }) =>
    associatePublicIPAddress ? [{ property: "spec.associatePublicIPAddress", got: "true", want: "false" }] : [],
};

const nodesPrivate = rule({
  id: "EKS-09",
  title: "Nodes have no public address and no SSH",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 5.4.3", "FSBP EC2.9", "FSBP EC2.15", "FSBP EC2.25"],
  remediation:
    "Place nodes in private subnets without public addresses, and reach them by AWS Systems Manager or `kubectl debug node`.",
  peers: ["CKV_AWS_100", "CKV_AWS_130", "CKV_AWS_88", "AWS-0164", "prowler"],
  types: Object.keys(EXPOSURES),
  check: ({ type, inputs }) => EXPOSURES[type]?.(inputs) ?? [],
});

/** Globs of the names of templates and node classes whose pods may reach the metadata service. */
const NOBODY = { twoHops: [] as string[] };

const metadataGuarded = rule({
  id: "EKS-10",
  title: "No pod takes its node's role from the metadata service",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["FSBP EC2.8", "FSBP AutoScaling.3", "FSBP AutoScaling.4"],
  remediation:
    'Set `metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 }`; what must have two hops goes into `twoHops`.',
  peers: ["CKV_AWS_79", "CKV_AWS_341", "AWS-0130"],
  parameters: { dev: NOBODY, staging: NOBODY, prod: NOBODY },
  types: [TEMPLATE, NODE_CLASS],
  check: ({ type, name, inputs }, { twoHops }) => {
    const karpenter = type === NODE_CLASS;
    const path = karpenter ? "spec.metadataOptions" : "metadataOptions";
    const options = (karpenter ? inputs.spec?.metadataOptions : inputs.metadataOptions) ?? {};
    if (options.httpEndpoint === "disabled") {
      return [];
    }
    // What nobody sets, Karpenter fills in safely (since 1.0), and EC2 takes from the image: two hops for Amazon Linux 2023.
    const unset = karpenter ? { httpTokens: "required", hops: 1 } : { httpTokens: "nothing", hops: "nothing" };
    const { httpTokens = unset.httpTokens, httpPutResponseHopLimit: hops = unset.hops } = options;
    const allowed = twoHops.some((glob) => patternOf(glob).test(name)) ? [1, 2] : [1];
    return [
      ...(httpTokens === "required" ? [] : [{ property: `${path}.httpTokens`, got: httpTokens, want: "required" }]),
      ...(allowed.includes(hops)
        ? []
        : [{ property: `${path}.httpPutResponseHopLimit`, got: String(hops), want: allowed.join(" or ") }]),
    ];
  },
});

const volumesEncrypted = rule({
  id: "EKS-11",
  title: "Volumes of nodes are encrypted with a key of one's own",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EC2.3", "FSBP EC2.7"],
  remediation:
    "Name the root volume and every other one in `blockDeviceMappings`, each with `encrypted` and `kmsKeyId` (`kmsKeyID` for Karpenter).",
  peers: ["pulumi compliance-policies", "AWS-0131", "CKV_AWS_3", "CKV_AWS_189"],
  types: [TEMPLATE, NODE_CLASS],
  check: ({ type, inputs }) =>
    type === NODE_CLASS
      ? volumeFaults(inputs.spec?.blockDeviceMappings, "spec.blockDeviceMappings", "kmsKeyID")
      : volumeFaults(inputs.blockDeviceMappings, "blockDeviceMappings", "kmsKeyId"),
});

function volumeFaults(mappings: { ebs?: any }[] | undefined, path: string, key: string): Fault[] {
  // Without a mapping the volume is the image's own, encrypted as the account happens to have it.
  if (!mappings || mappings.length === 0) {
    return [{ property: path, got: "nothing", want: "a list with the root volume, encrypted with a key of your own" }];
  }
  // What has no `ebs` is a disk of the host, which the host encrypts by itself.
  return mappings.flatMap(({ ebs }, index) => (ebs ? volumeFault(ebs, `${path}.${index}.ebs`, key) : []));
}

function volumeFault(ebs: any, path: string, key: string): Fault[] {
  if (!(key in ebs)) {
    return [{ property: `${path}.${key}`, got: "nothing", want: "a key of your own" }];
  }
  // A text with a truth value in a launch template.
  const encrypted = String(ebs.encrypted ?? "nothing");
  return encrypted === "true" ? [] : [{ property: `${path}.encrypted`, got: encrypted, want: "true" }];
}

export const NODES: readonly Rule[] = [nodesPrivate, metadataGuarded, volumesEncrypted];
