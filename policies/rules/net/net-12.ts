import { BALANCERS } from "../../aws/types.ts";
import { isListed } from "../../exceptions.ts";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { type Bag, flag, isSet, list, shown, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const FILES = "aws:transfer/server:Server";

/** Ciphers of file servers that are still strong (AWS Transfer Family user guide, "Security policies"). AWS's default is of 2018. */
const STRONG = /^TransferSecurityPolicy-(20(2[3-9]|[3-9]\d)-|(FIPS|AS2Restricted|SshAuditCompliant|PQ-SSH)-|Restricted-)/;

const inside = (property: string, got: unknown, want: string, holds: boolean): Fault[] =>
  unless(holds, { property, got: shown(got), want });

const balancer = (inputs: Bag): Fault[] =>
  inside(
    "internal",
    inputs["internal"],
    "true",
    flag(inputs, "internal") === true || text(inputs, "loadBalancerType") === "gateway",
  );

const search = (inputs: Bag): Fault[] =>
  inside("vpcOptions", inputs["vpcOptions"], "set, with private subnets", list(inputs, "vpcOptions", "subnetIds").length > 0);

/** What has no private form. */
const always = (kind: string) => (): Fault[] => [{ property: "type", got: kind, want: "a service of the network" }];

/** How a service says that the internet reaches it, by type. */
const REACHED: Readonly<Record<string, (inputs: Bag) => readonly Finding[]>> = {
  "aws:apigateway/restApi:RestApi": (inputs) => {
    const kinds = texts(inputs, "endpointConfiguration", "types");
    return inside("endpointConfiguration.types", kinds.join(", "), "PRIVATE", kinds.includes("PRIVATE"));
  },
  "aws:apigatewayv2/api:Api": always("an API that every address reaches"),
  "aws:apprunner/service:Service": (inputs) => {
    const path = ["networkConfiguration", "ingressConfiguration", "isPubliclyAccessible"];
    return inside(path.join("."), text(inputs, ...path), "false", flag(inputs, ...path) === false);
  },
  "aws:appsync/graphQLApi:GraphQLApi": (inputs) => {
    const got = text(inputs, "visibility") ?? "GLOBAL";
    return inside("visibility", got, "PRIVATE", got === "PRIVATE");
  },
  "aws:cloudfront/distribution:Distribution": always("pages for the internet"),
  "aws:elb/loadBalancer:LoadBalancer": balancer,
  "aws:globalaccelerator/accelerator:Accelerator": always("addresses of the internet"),
  "aws:globalaccelerator/customRoutingAccelerator:CustomRoutingAccelerator": always("addresses of the internet"),
  "aws:lightsail/containerService:ContainerService": always("addresses of the internet"),
  "aws:lightsail/lb:Lb": always("addresses of the internet"),
  "aws:msk/cluster:Cluster": (inputs) => {
    const path = ["brokerNodeGroupInfo", "connectivityInfo", "publicAccess", "type"];
    const got = text(inputs, ...path) ?? "DISABLED";
    return inside(path.join("."), got, "DISABLED", got === "DISABLED");
  },
  "aws:elasticsearch/domain:Domain": search,
  "aws:opensearch/domain:Domain": search,
  [FILES]: (inputs) =>
    together(
      () => {
        const got = text(inputs, "endpointType");
        return inside("endpointType", got, "VPC", got?.startsWith("VPC") === true);
      },
      () => {
        const path = ["endpointDetails", "addressAllocationIds"];
        const addresses = list(inputs, ...path).length;
        return inside(path.join("."), `${addresses} addresses of the internet`, "left out", addresses === 0);
      },
    ),
  ...Object.fromEntries(BALANCERS.map((type) => [type, balancer])),
};

interface Outside {
  /** Globs of the names of resources that the internet may reach. */
  public: string[];
}

const NOTHING: Outside = { public: [] };

export const NET_12 = rule<Outside>({
  id: "NET-12",
  title: "Load balancers, APIs and file servers are reached from inside of the network, and files travel encrypted",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP Transfer.2", "FSBP MSK.4", "NIST SP 800-53 SC-7"],
  remediation:
    'Set `internal: true` of a load balancer, `types: "PRIVATE"` of an API, and `endpointType: "VPC"` with `protocols: ["SFTP"]` and a `securityPolicyName` of today of a file server. List what the internet may reach in the parameter `public`.',
  peers: ["CKV_AWS_164", "CKV_AWS_291", "prowler"],
  types: Object.keys(REACHED),
  parameters: { dev: NOTHING, staging: NOTHING, prod: NOTHING },
  // What others serve is often meant for everybody.
  elsewhere: { public: ["*"] },
  check: ({ type, name, inputs }, { public: outside }) =>
    together(
      () => (isListed(name, outside) ? [] : (REACHED[type]?.(inputs) ?? [])),
      () => (type === FILES ? inTheClear(inputs) : []),
      () => (type === FILES ? weakCiphers(inputs) : []),
    ),
});

const inTheClear = (inputs: Bag): Fault[] =>
  texts(inputs, "protocols").flatMap((got) => unless(got !== "FTP", { property: "protocols", got, want: "SFTP, FTPS or AS2" }));

function weakCiphers(inputs: Bag): Fault[] {
  const property = "securityPolicyName";
  const got = isSet(inputs, property) ? text(inputs, property) : "nothing, which is that of 2018";
  return unless(STRONG.test(got ?? ""), { property, got: shown(got), want: "a policy of 2023 or newer" });
}
