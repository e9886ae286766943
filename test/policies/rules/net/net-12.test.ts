import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const FILES = "aws:transfer/server:Server";
const STRONG = "TransferSecurityPolicy-2024-01";

describeRule("NET-12", [
  {
    what: "a load balancer on the internet",
    layer: "platform",
    resource: "ingress",
    type: BALANCER,
    change: (inputs) => (inputs.internal = false),
    says: "platform-prod/ingress: 'internal' must be true, got 'false'",
    unknown: "internal",
  },
]);

describe("NET-12", () => {
  it.each<[string, object, string[]]>([
    [BALANCER, { internal: "true" }, []],
    [BALANCER, { loadBalancerType: "gateway" }, []],
    [BALANCER, {}, ["internal: nothing"]],
    ["aws:elb/loadBalancer:LoadBalancer", { internal: false }, ["internal: false"]],
    ["aws:apigateway/restApi:RestApi", { endpointConfiguration: { types: "PRIVATE" } }, []],
    ["aws:apigateway/restApi:RestApi", { endpointConfiguration: { types: "EDGE" } }, ["endpointConfiguration.types: EDGE"]],
    ["aws:apigatewayv2/api:Api", {}, ["type: an API that every address reaches"]],
    ["aws:msk/cluster:Cluster", { brokerNodeGroupInfo: { connectivityInfo: { publicAccess: { type: "DISABLED" } } } }, []],
    ["aws:appsync/graphQLApi:GraphQLApi", {}, ["visibility: GLOBAL"]],
    ["aws:appsync/graphQLApi:GraphQLApi", { visibility: "PRIVATE" }, []],
    ["aws:opensearch/domain:Domain", {}, ["vpcOptions: nothing"]],
    ["aws:opensearch/domain:Domain", { vpcOptions: { subnetIds: ["subnet-1"] } }, []],
    [FILES, { endpointType: "VPC", protocols: ["SFTP"], securityPolicyName: STRONG }, []],
    [FILES, { endpointType: "VPC", protocols: ["SFTP"], securityPolicyName: "TransferSecurityPolicy-FIPS-2024-01" }, []],
    [FILES, { endpointType: "VPC", protocols: ["SFTP", "FTP"], securityPolicyName: STRONG }, ["protocols: FTP"]],
    [FILES, { securityPolicyName: STRONG }, ["endpointType: nothing"]],
    [FILES, { endpointType: "VPC" }, ["securityPolicyName: nothing, which is that of 2018"]],
    [
      FILES,
      { endpointType: "VPC", securityPolicyName: STRONG, endpointDetails: { addressAllocationIds: ["eipalloc-1"] } },
      ["endpointDetails.addressAllocationIds: 1 addresses of the internet"],
    ],
  ])("%s %j: %j", (type, inputs, said) => {
    expect(found("NET-12", of(type, "x", inputs))).toEqual(said);
  });

  it("takes what is listed, but no FTP", () => {
    const { elsewhere } = ruleOf("NET-12");
    expect(found("NET-12", of(BALANCER, "shop", { internal: false }), { public: ["shop"] })).toEqual([]);
    expect(found("NET-12", of(BALANCER, "x", { internal: false }), elsewhere)).toEqual([]);
    expect(found("NET-12", of(FILES, "x", { protocols: ["FTP"], securityPolicyName: STRONG }), elsewhere)).toEqual([
      "protocols: FTP",
    ]);
  });
});
