import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { MODES, STACKS, secretsAmong, stackOf } from "../harness/stacks.ts";
import { access } from "./invariants/access.ts";
import { account } from "./invariants/account.ts";
import { contract } from "./invariants/contract.ts";
import { graph } from "./invariants/graph.ts";
import { pick } from "./invariants/invariant.ts";
import { objects } from "./invariants/objects.ts";
import { surprises } from "./invariants/preview.ts";
import { values } from "./invariants/values.ts";

const INVARIANTS = [...graph, ...values, ...account, ...access, ...objects, ...contract];

describe.each(STACKS)("$layer of $environment", ({ layer, environment }) => {
  it.each(INVARIANTS)("$rule", async ({ offenders }) => {
    for (const mode of MODES) {
      expect(offenders(await stackOf(layer, environment, mode)), mode).toEqual([]);
    }
  });

  it("is in a preview what comes up", async () => {
    const preview = await stackOf(layer, environment, "preview");
    expect(surprises(preview, await stackOf(layer, environment, "up"))).toEqual([]);
  });
});

describe("an offender is found:", () => {
  it.each(INVARIANTS)("$rule", async ({ offenders, counterexample: { of, change, found } }) => {
    const stack = structuredClone(await stackOf(of, "prod"));
    change(stack);
    // Requests leave in an order of their own.
    expect(offenders(stack).toSorted()).toEqual(found.toSorted());
  });

  it("a preview that promises something else", async () => {
    const preview = await stackOf("foundation", "dev", "preview");
    const up = structuredClone(await stackOf("foundation", "dev", "up"));
    pick(up, "aws:s3/bucket:Bucket", "data").inputs["forceDestroy"] = false;
    pick(up, "aws:kms/key:Key", "data-key").name = "late-key";
    pick(up, "aws:kms/key:Key", "logs-key").protect = true;
    expect(surprises(preview, up).toSorted()).toEqual([
      "millrace:keys:EncryptionKey data-key / aws:kms/key:Key data-key: only in preview",
      "millrace:keys:EncryptionKey data-key / aws:kms/key:Key late-key: only in up",
      "millrace:keys:EncryptionKey logs-key / aws:kms/key:Key logs-key.protect: false → true",
      "millrace:storage:ObjectStore data / aws:s3/bucket:Bucket data.inputs.forceDestroy: true → false",
    ]);
  });

  it("something protected where the profile protects nothing", async () => {
    const stack = structuredClone(await stackOf("foundation", "dev"));
    pick(stack, "aws:ec2/vpc:Vpc", "network").protect = true;
    const [rule] = account.filter((each) => each.rule.includes("protected"));
    expect(rule?.offenders(stack)).toEqual(["aws:ec2/vpc:Vpc network"]);
  });

  it("a secret output, at any depth", async () => {
    expect(
      await secretsAmong({ token: pulumi.secret("x"), database: { user: pulumi.secret("x") }, host: "db.internal" }),
    ).toEqual(["token", "database"]);
  });
});
