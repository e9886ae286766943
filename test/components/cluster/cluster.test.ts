import { describe, expect, it } from "vitest";
import { Cluster, type ClusterArgs } from "#components/cluster/cluster";
import { record, refusal } from "../../harness/graph.ts";
import { cluster as minimal } from "../minimal.ts";

const cluster = (args: Partial<ClusterArgs> = {}) => record(() => void new Cluster("cluster", { ...minimal, ...args }));
const inputs = async (name: string, args: Partial<ClusterArgs> = {}) =>
  (await cluster(args)).find((resource) => resource.custom && resource.name === name)?.inputs;

describe("Cluster", () => {
  it("is a control plane, its role and its logs, and nothing else", async () => {
    const children = (await cluster()).filter(({ parent }) => parent === "cluster");
    expect(children.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort()).toEqual([
      "Cluster cluster",
      "Role cluster-role",
      "RolePolicy cluster-role-secrets",
      "RolePolicyAttachment cluster-role-cluster",
    ]);
  });

  it("is closed by default", async () => {
    expect(await inputs("cluster")).toMatchObject({
      name: "millrace-test",
      version: "1.36",
      upgradePolicy: { supportType: "STANDARD" },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      bootstrapSelfManagedAddons: false,
      deletionProtection: true,
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      encryptionConfig: { provider: { keyArn: minimal.secretsKeyArn }, resources: ["secrets"] },
      zonalShiftConfig: { enabled: false },
    });
    expect((await inputs("cluster"))?.["vpcConfig"]).toEqual({
      subnetIds: minimal.subnetIds,
      endpointPrivateAccess: true,
      endpointPublicAccess: false,
    });
  });

  it("takes every argument", async () => {
    const args: Partial<ClusterArgs> = {
      endpoint: { access: "public", cidrs: ["198.51.100.0/24"] },
      deletionProtection: false,
      logs: ["audit"],
      version: "1.36",
      zonalShift: true,
    };
    expect(await inputs("cluster", args)).toMatchObject({
      version: "1.36",
      deletionProtection: false,
      enabledClusterLogTypes: ["audit"],
      zonalShiftConfig: { enabled: true },
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: true, publicAccessCidrs: ["198.51.100.0/24"] },
    });
  });

  it("may use the key of its secrets and no other", async () => {
    const { policy } = (await inputs("cluster-role-secrets")) as { policy: string };
    expect(JSON.parse(policy).Statement).toEqual([
      {
        Sid: "EncryptSecrets",
        Effect: "Allow",
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
        Resource: [minimal.secretsKeyArn],
      },
    ]);
  });

  it("hands on how it is reached", async () => {
    let outputs: Record<string, unknown> = {};
    await record(async () => {
      const { clusterName, endpoint, certificateAuthority, securityGroupId } = new Cluster("cluster", minimal);
      const value = <T>(output: { apply(read: (value: T) => void): unknown }) =>
        new Promise<T>((resolve) => void output.apply(resolve));
      outputs = {
        clusterName: await value<string>(clusterName),
        endpoint: await value<string>(endpoint),
        certificateAuthority: await value<string>(certificateAuthority),
        securityGroupId: await value<string>(securityGroupId),
      };
    });
    expect(outputs).toEqual({
      clusterName: "millrace-test",
      endpoint: expect.stringMatching(/^https:\/\//),
      certificateAuthority: expect.stringMatching(/^[\w+/]+=*$/),
      securityGroupId: expect.stringMatching(/^sg-/),
    });
  });

  it("opens its private address on port 443 to the groups and private networks that are named", async () => {
    const graph = await cluster({ apiClients: { groups: { runner: "sg-runner" }, cidrs: ["10.99.0.0/16"] } });
    const rules = graph.filter(({ type }) => type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    const said = rules.map(
      ({ name, inputs }) =>
        `${name}: ${inputs["referencedSecurityGroupId"] ?? inputs["cidrIpv4"]} ${inputs["fromPort"]}–${inputs["toPort"]}`,
    );
    expect(said.sort()).toEqual([
      "cluster-api-from-10-99-0-0-16: 10.99.0.0/16 443–443",
      "cluster-api-from-runner: sg-runner 443–443",
    ]);
  });

  it.each<[Partial<ClusterArgs>, string]>([
    [{ version: "1.33" }, "'version' must be one of 1.34, 1.35, 1.36, got '1.33'"],
    [
      { clusterName: "mill_race" },
      "'clusterName' must be letters, digits and hyphens, beginning with a letter or digit, got 'mill_race'",
    ],
    [{ clusterName: "m".repeat(101) }, `'clusterName' must be at most 100 characters long, got '${"m".repeat(101)}'`],
    [{ logs: ["audit", "audit"] }, "'logs' must be distinct, got 'audit'"],
    [{ endpoint: { access: "public", cidrs: [] } }, "'endpoint.cidrs' must be a list of at least 1 entries, got '0'"],
    [
      { endpoint: { access: "public", cidrs: ["198.51.100.0/24", "0.0.0.0/0"] } },
      "'endpoint.cidrs' must be a private IPv4 CIDR, or a public one no wider than /16, got '0.0.0.0/0'",
    ],
    [
      { endpoint: { access: "public", cidrs: ["198.51.100.1/24"] } },
      "'endpoint.cidrs' must be a private IPv4 CIDR, or a public one no wider than /16, got '198.51.100.1/24'",
    ],
    [
      { apiClients: { groups: {}, cidrs: ["203.0.113.0/24"] } },
      "'apiClients.cidrs' must be private ranges (inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10), got '203.0.113.0/24'",
    ],
    [
      { apiClients: { groups: {}, cidrs: ["10.99.0.0/16", "10.99.0.0/16"] } },
      "'apiClients.cidrs' must be distinct, got '10.99.0.0/16'",
    ],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new Cluster("cluster", { ...minimal, ...args }))).toBe(message);
  });
});
