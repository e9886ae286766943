// Functions (data sources) of the simulated AWS: one line a function in the table.

import { zoneCode } from "#components/network/zones";
import type { Bag } from "#engine/values";
import { hex, type Place } from "./place.ts";
import { policyDocument } from "./policy-document.ts";

type Answer = (args: Bag, place: Place) => Bag;

const FUNCTIONS: Readonly<Record<string, Answer>> = {
  getCallerIdentity: (_, { account }) => ({
    id: account,
    accountId: account,
    arn: `arn:aws:iam::${account}:user/rehearsal`,
    userId: "AIDAREHEARSAL",
  }),
  getRegion: ({ region, name }, place) => {
    const id = region ?? name ?? place.region;
    return { id, name: id, region: id, description: id, endpoint: `ec2.${id}.amazonaws.com` };
  },
  getPartition: () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" }),
  getAvailabilityZones: (args, place) => zones(args["region"] ?? place.region),
  getDefaultTags: (_, { defaultTags = {} }) => ({ id: "default", tags: defaultTags }),
  "iam/getPolicyDocument": policyDocument,
  "iam/getPolicy": ({ name, arn = `arn:aws:iam::aws:policy/${name}` }) => ({ id: arn, arn, name, policy: "{}" }),
  "iam/getRole": ({ name }, { account }) => ({ id: name, name, arn: `arn:aws:iam::${account}:role/${name}`, path: "/" }),
  "eks/getAddonVersion": (args) => ({ ...args, id: args["addonName"], version: addonVersion(args) }),
  "eks/getClusterAuth": ({ name }) => ({
    id: name,
    name,
    token: process.env["MILLRACE_REHEARSAL_TOKEN"] ?? `k8s-aws-v1.${hex(name, 32)}`,
  }),
  "ecr/getAuthorizationToken": (_, { account, region }) => ({
    id: region,
    userName: "AWS",
    password: hex("ecr", 32),
    authorizationToken: hex("ecr", 64),
    proxyEndpoint: `https://${account}.dkr.ecr.${region}.amazonaws.com`,
  }),
  "ssm/getParameter": (args, { account, region }) => ({
    ...args,
    id: args["name"],
    arn: `arn:aws:ssm:${region}:${account}:parameter${args["name"]}`,
    type: "String",
    version: 1,
    ...parameterValue(args["name"]),
  }),
  "ec2/getAmi": (args) => ({
    ...args,
    id: ami(JSON.stringify(args)),
    imageId: ami(JSON.stringify(args)),
    architecture: "x86_64",
  }),
  "ec2/getManagedPrefixList": ({ name = "list" }, { region }) => ({ id: `pl-${hex(name, 8)}`, name, region }),
};

/**
 * What AWS answers to a function call; `undefined` for a function that is not simulated.
 *
 * @param token such as `aws:iam/getPolicyDocument:getPolicyDocument`
 */
export function awsCall(token: string, args: Bag, place: Place): Bag | undefined {
  const name = (token.split(":")[1] ?? "").replace(/^index\//, "");
  return FUNCTIONS[name]?.(args, place);
}

function zones(region: string): Bag {
  const letters = ["a", "b", "c"];
  return {
    id: region,
    names: letters.map((letter) => `${region}${letter}`),
    zoneIds: letters.map((_, index) => `${zoneCode(region)}-az${index + 1}`),
    groupNames: [region],
  };
}

/** The form that add-on versions have: they follow the cluster's only for kube-proxy. */
const addonVersion = ({ addonName, kubernetesVersion }: Bag): string =>
  addonName === "kube-proxy" ? `v${kubernetesVersion}.0-eksbuild.2` : "v1.20.4-eksbuild.2";

const ami = (seed: string): string => `ami-${hex(seed, 17)}`;

/** Public parameters under /aws/service name images; the values of others are invented. */
function parameterValue(name: string): Bag {
  const value = name.startsWith("/aws/service/") ? ami(name) : `value-of-${name}`;
  return { value, insecureValue: value };
}
