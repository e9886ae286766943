import { describe, expect, it } from "vitest";
import { type Bag, isSecret, secret, UNKNOWN } from "#engine/values";
import { aws } from "#rehearsal/plugins/providers/aws/provider";
import type { Place } from "#simulation/aws/place";

const place: Place = { account: "111122223333", region: "eu-west-1" };
const subject = (type: string, name = "x") => ({ type, name, urn: `urn:pulumi:dev::millrace::${type}::${name}` });
const now = { preview: false };
const seed = new Uint8Array();

describe("the simulated provider", () => {
  const version = "aws:secretsmanager/secretVersion:SecretVersion";

  it("leaves what AWS decides unknown in a preview", async () => {
    const { id, outputs } = await aws(place).create(subject("aws:ec2/vpc:Vpc"), { cidrBlock: "10.0.0.0/16" }, { preview: true });
    expect([id, outputs["arn"], outputs["defaultSecurityGroupId"], outputs["cidrBlock"]]).toEqual([
      "",
      UNKNOWN,
      UNKNOWN,
      "10.0.0.0/16",
    ]);
  });

  it("keeps secrets secret", async () => {
    const { outputs } = await aws(place).create(subject(version), { secretId: "s", secretString: secret("hush") }, now);
    expect(isSecret(outputs["secretString"])).toBe(true);
  });

  it("keeps an invented name and what AWS decided", async () => {
    const provider = aws(place);
    const queue = subject("aws:sqs/queue:Queue");
    const inputs = (await provider.check?.(queue, {}, {}, seed))?.inputs ?? {};
    const made = await provider.create(queue, inputs, now);
    const again = (await provider.check?.(queue, { delaySeconds: 3 }, { name: "older-name" }, seed))?.inputs;
    expect(again).toEqual({ delaySeconds: 3, name: "older-name" });
    const changed = await provider.update(queue, { ...made, inputs }, { ...inputs, tags: { a: "1" } }, now);
    expect(changed.outputs).toMatchObject({ arn: made.outputs["arn"], tags: { a: "1" }, tagsAll: { a: "1" } });
  });

  it.each([
    ["aws:rds/instance:Instance", { storageEncrypted: true }, ["storageEncrypted"]],
    ["aws:rds/instance:Instance", { instanceClass: "db.t4g.small" }, []],
    ["aws:ec2/vpc:Vpc", { cidrBlock: "10.1.0.0/16" }, ["cidrBlock"]],
    ["aws:sqs/queue:Queue", { name: "other" }, ["name"]],
  ])("replaces %s for %j: %j", async (type, inputs, replaces) => {
    const comparison = await aws(place).compare?.(subject(type), { id: "i", inputs: {}, outputs: {} }, inputs);
    expect([...(comparison?.replaces ?? [])]).toEqual(replaces);
  });

  it("does not delete what is protected", () => {
    const remove = (type: string, outputs: Bag) => () => aws(place).delete?.(subject(type, "db"), { id: "i", outputs });
    expect(remove("aws:rds/instance:Instance", { deletionProtection: true })).toThrow(
      "deleting db: InvalidParameterCombination: Cannot delete protected DB Instance",
    );
    expect(remove("aws:rds/instance:Instance", {})).toThrow(
      "a final snapshot needs 'finalSnapshotIdentifier' unless 'skipFinalSnapshot' is true",
    );
    expect(remove("aws:eks/cluster:Cluster", { deletionProtection: true })).toThrow("Cluster has deletion protection");
    expect(remove("aws:rds/instance:Instance", { skipFinalSnapshot: true })).not.toThrow();
  });

  it("takes account, region and tags from its settings", async () => {
    const provider = aws(place);
    provider.configure?.({
      region: "eu-central-1",
      allowedAccountIds: '["999988887777"]',
      defaultTags: '{"tags":{"owner":"ml"}}',
    });
    const { outputs } = await provider.create(subject("aws:sqs/queue:Queue"), { name: "q" }, now);
    expect(outputs).toMatchObject({ arn: "arn:aws:sqs:eu-central-1:999988887777:q", tagsAll: { owner: "ml" } });
    expect(() => provider.configure?.({ region: "mars-1" })).toThrow("InvalidRegion: 'mars-1' is not a region of AWS");
  });
});
