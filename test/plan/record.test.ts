import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { type Recorded, record } from "#plan/record";

class Store extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("millrace:storage:Store", name, {}, opts);
    this.bucket = new aws.s3.Bucket(name, {}, { parent: this, protect: true });
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket: this.bucket.bucket, policy: "{}" },
      { parent: this, ignoreChanges: ["policy"] },
    );
  }
}

const named = (resources: readonly Recorded[], name: string, type: string): Recorded => {
  const found = resources.filter((resource) => resource.name === name && resource.type.includes(type));
  expect(found).toHaveLength(1);
  return found[0] as Recorded;
};

describe("record", () => {
  it("keeps parents and the whole way down to them", async () => {
    const { resources } = await record(() => new Store("data"), { stack: "s" });
    const policy = named(resources, "data-policy", "BucketPolicy");
    expect(policy.parent).toBe("data");
    expect(policy.path).toEqual(["pulumi:pulumi:Stack millrace-s", "millrace:storage:Store data"]);
    expect(policy.custom).toBe(true);
    expect(named(resources, "data", "Store").custom).toBe(false);
  });

  it("keeps dependencies and options", async () => {
    const { resources } = await record(() => {
      const first = new Store("first");
      new Store("second", { dependsOn: first });
    });
    expect(named(resources, "first-policy", "BucketPolicy")).toMatchObject({
      dependencies: ["first"],
      ignoreChanges: ["policy"],
    });
    expect(named(resources, "first", "s3/bucket").protect).toBe(true);
    expect(named(resources, "first-policy", "BucketPolicy").protect).toBe(false);
    expect(named(resources, "second", "Store").dependencies).toContain("first");
  });

  it("keeps a secret wrapped, and nothing else", async () => {
    const { resources } = await record(() => {
      new aws.ssm.Parameter("token", { type: "SecureString", value: pulumi.secret("hunter2"), description: "plain" });
    });
    expect(named(resources, "token", "ssm").inputs).toEqual({
      type: "SecureString",
      value: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" },
      description: "plain",
    });
  });

  it("knows what the cloud would answer, but not in a preview", async () => {
    const program = () => ({ name: new Store("data").bucket.bucket });
    expect((await record(program)).outputs["name"]).toMatch(/^data-/);
    const preview = await record(program, { preview: true });
    expect(preview.outputs).toEqual({});
    expect(named(preview.resources, "data-policy", "BucketPolicy").inputs["bucket"]).toBe("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
  });

  it("gives the program its config and the outputs of other stacks", async () => {
    const { outputs } = await record(
      async () => ({
        size: new pulumi.Config("millrace").require("size"),
        stack: pulumi.getStack(),
        vpc: await new pulumi.StackReference("organization/millrace/foundation-dev").getOutputValue("vpc"),
      }),
      {
        stack: "platform-dev",
        config: { "millrace:size": "3" },
        references: { "organization/millrace/foundation-dev": { vpc: "vpc-1" } },
      },
    );
    expect(outputs).toEqual({ size: "3", stack: "platform-dev", vpc: "vpc-1" });
  });

  it("throws what the program throws, once", async () => {
    const refused = record(() => {
      new Store("data");
      throw new pulumi.RunError("'size' must be 1, got '2'");
    });
    await expect(refused).rejects.toThrow("'size' must be 1, got '2'");
  });

  it("starts anew each time", async () => {
    const names = async () => (await record(() => new Store("data"))).resources.map(({ name }) => name);
    expect(await names()).toEqual(await names());
  });
});
