import { describe, expect, it } from "vitest";
import { EncryptionKey, type EncryptionKeyArgs } from "#components/keys/key";
import { autoScaling, cloudTrail, cloudWatchLogs } from "#components/keys/services";
import { record, refusal } from "../../harness/graph.ts";
import { encryptionKey as minimal } from "../minimal.ts";

const key = (args: Partial<EncryptionKeyArgs> = {}) => record(() => new EncryptionKey("data-key", { ...minimal, ...args }));
const inputsOf = async (args: Partial<EncryptionKeyArgs> = {}) =>
  (await key(args)).find(({ type }) => type === "aws:kms/key:Key")!.inputs;
const statements = async (args: Partial<EncryptionKeyArgs> = {}): Promise<any[]> =>
  JSON.parse((await inputsOf(args))["policy"]).Statement;

describe("EncryptionKey", () => {
  it("is a key that is renewed every year, with an alias", async () => {
    const graph = await key();
    expect(graph.filter(({ custom }) => custom).map(({ type, name, inputs }) => [type, name, inputs["namePrefix"]])).toEqual([
      ["aws:kms/key:Key", "data-key", undefined],
      ["aws:kms/alias:Alias", "data-key-alias", "alias/millrace-test-data-"],
    ]);
    expect(await inputsOf()).toMatchObject({ enableKeyRotation: true, rotationPeriodInDays: 365, deletionWindowInDays: 30 });
  });

  it("separates administration from use, and allows nothing else", async () => {
    const [administers, uses, ...others] = await statements();
    expect(others).toEqual([]);
    expect([administers, uses].map(({ Principal }) => Principal)).toEqual(
      Array(2).fill({ AWS: "arn:aws:iam::111111111111:root" }),
    );
    expect(administers.Action.filter((action: string) => /crypt|DataKey|Grant$/.test(action))).toEqual(["kms:RevokeGrant"]);
    expect(uses.Action).toEqual([
      "kms:Encrypt",
      "kms:Decrypt",
      "kms:ReEncrypt*",
      "kms:GenerateDataKey*",
      "kms:CreateGrant",
      "kms:RetireGrant",
    ]);
  });

  it("lets one trail in", async () => {
    const [, , trail] = await statements({ services: [cloudTrail("111111111111", "eu-west-1", "audit")] });
    expect(trail).toEqual({
      Sid: "CloudTrail",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: ["kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"],
      Resource: ["*"],
      Condition: { StringEquals: { "aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:111111111111:trail/audit" } },
    });
  });

  it("lets the named services in, for our account only", async () => {
    const services = [cloudWatchLogs("111111111111", "eu-west-1"), ...autoScaling("111111111111")];
    const [, , logs, volumes, grants] = await statements({ services });
    expect(logs).toMatchObject({
      Principal: { Service: "logs.eu-west-1.amazonaws.com" },
      Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:111111111111:log-group:*" } },
    });
    const serviceRole = {
      "aws:PrincipalArn":
        "arn:aws:iam::111111111111:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
      "kms:CallerAccount": "111111111111",
    };
    expect(volumes.Condition).toEqual({ StringEquals: serviceRole });
    expect(grants).toMatchObject({
      Action: ["kms:CreateGrant"],
      Condition: { StringEquals: serviceRole, Bool: { "kms:GrantIsForAWSResource": "true" } },
    });
  });

  it("takes the number of days until it is deleted", async () => {
    expect((await inputsOf({ deletionDays: 7 }))["deletionWindowInDays"]).toBe(7);
  });

  it.each<[Partial<EncryptionKeyArgs>, string]>([
    [{ deletionDays: 6 }, "'deletionDays' must be a whole number from 7 to 30, got '6'"],
    [{ deletionDays: 31 }, "'deletionDays' must be a whole number from 7 to 30, got '31'"],
    [{ account: "root" }, "'account' must be the account's 12 digits, got 'root'"],
    [
      { alias: "aws/s3" },
      "'alias' must be letters, digits, '/', '_' and '-', at most 223 of them, and not begin with 'aws/', got 'aws/s3'",
    ],
    [{ alias: "" }, "'alias' must be letters, digits, '/', '_' and '-', at most 223 of them, and not begin with 'aws/', got ''"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new EncryptionKey("data-key", { ...minimal, ...args }))).toBe(message);
  });
});
