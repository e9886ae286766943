import { describe, expect, it } from "vitest";
import { AccessHost, type AccessHostArgs, IMAGE_PARAMETER } from "#components/access/access-host";
import { record, refusal } from "../../harness/graph.ts";
import { accessHost as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const host = (args: Partial<AccessHostArgs> = {}) => record(() => new AccessHost("host", { ...minimal, ...args }));

describe("AccessHost", () => {
  it("is one instance without a public address, replaced every week from the newest image", async () => {
    const graph = await host();
    expect(named(graph, "host").inputs).toMatchObject({
      minSize: 1,
      maxSize: 1,
      vpcZoneIdentifiers: ["subnet-a", "subnet-b"],
      maxInstanceLifetime: 604_800,
    });
    const { inputs } = named(graph, "host-template");
    expect(inputs).toMatchObject({
      imageId: `resolve:ssm:${IMAGE_PARAMETER}`,
      instanceType: "t4g.nano",
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      networkInterfaces: [{ associatePublicIpAddress: "false" }],
      blockDeviceMappings: [{ ebs: { encrypted: "true", kmsKeyId: minimal.volumeKeyArn } }],
    });
    expect(inputs["keyName"]).toBeUndefined();
  });

  it("lets nothing in, and HTTPS out", async () => {
    const rules = (await host()).filter(({ type }) => type.startsWith("aws:vpc/"));
    expect(rules.map(({ name, inputs }) => [name, inputs["fromPort"], inputs["toPort"]])).toEqual([["host-https", 443, 443]]);
  });

  it("may do what sessions need, and nothing else", async () => {
    const graph = await host();
    expect(named(graph, "host-role-sessions").inputs["policyArn"]).toBe("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    expect(graph.filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")).toEqual([]);
  });

  it.each<[Partial<AccessHostArgs>, string]>([
    [
      { hostName: "Access Host" },
      "'hostName' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got 'Access Host'",
    ],
    [{ instanceType: "t3.nano" }, "'instanceType' must be an Arm EC2 instance type, for example t4g.nano, got 't3.nano'"],
    [{ lifetimeDays: 0 }, "'lifetimeDays' must be a whole number from 1 to 365, got '0'"],
    [{ lifetimeDays: 366 }, "'lifetimeDays' must be a whole number from 1 to 365, got '366'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new AccessHost("host", { ...minimal, ...args }))).toBe(message);
  });
});
