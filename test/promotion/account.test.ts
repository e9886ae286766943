import { describe, expect, it } from "vitest";
import { backupOf } from "#promotion/account";
import type { Ask, AwsRefusal } from "#toolchain/aws-cli";
import { accountOf, asking } from "../rehearsal/account/world.ts";

/** What is asked of an account that a story has changed. */
const of = (state: "empty" | "up", changes?: unknown): Promise<Date | undefined> =>
  backupOf("dev", async () => asking(accountOf(state, changes)).ask);

describe("the newest backup of the tracking database", () => {
  it.each<[what: string, state: "empty" | "up", changes: unknown, time: string | undefined]>([
    ["no database", "empty", {}, undefined],
    ["a database that can be restored to a few minutes ago", "up", {}, "2026-11-29T12:30:00.000Z"],
    ["its restorable time has stood still", "up", { restorable: "2026-11-28T09:00:00Z" }, "2026-11-28T09:00:00.000Z"],
    [
      "its restorable time has stood still, and a person has taken snapshots",
      "up",
      { restorable: "2026-11-28T09:00:00Z", snapshots: ["2026-11-29T11:00:00Z", "2026-11-27T11:00:00Z"] },
      "2026-11-29T11:00:00.000Z",
    ],
    ["nothing to bring it back from", "up", { restorable: null }, undefined],
    ["only snapshots", "up", { restorable: null, snapshots: ["2026-11-29T11:00:00Z"] }, "2026-11-29T11:00:00.000Z"],
  ])("%s", async (_, state, changes, time) => {
    expect((await of(state, changes))?.toISOString()).toBe(time);
  });

  /** Answers by operation, over those of an account that is up. */
  const answering =
    (answers: Record<string, unknown>): (() => Promise<Ask>) =>
    async () =>
    async (...words) =>
      words[1]! in answers ? { value: answers[words[1]!] } : asking(accountOf("up", { restorable: null })).ask(...words);
  const snapshots = (...DBSnapshots: object[]) => answering({ "describe-db-snapshots": { DBSnapshots } });

  it("is no snapshot that is still being made", async () => {
    const being = { Status: "creating", SnapshotCreateTime: "2026-11-29T12:00:00.000000+00:00" };
    const ready = { Status: "available", SnapshotCreateTime: "2026-11-29T10:00:00.000000+00:00" };
    expect(await backupOf("dev", snapshots(being, ready))).toEqual(new Date("2026-11-29T10:00:00Z"));
    expect(await backupOf("dev", snapshots({ Status: "creating" }))).toBeUndefined();
  });

  it("is no snapshot of an earlier database of the same name", async () => {
    const { ask, asked } = asking(accountOf("up"));
    await backupOf("dev", async () => ask);
    expect(asked.at(-1)).toBe("rds describe-db-snapshots --dbi-resource-id db-NEW");
  });

  it("is as old as the original of a copy", async () => {
    const times = { OriginalSnapshotCreateTime: "2026-11-20T10:00:00Z", SnapshotCreateTime: "2026-11-29T10:00:00Z" };
    expect(await backupOf("dev", snapshots({ Status: "available", ...times }))).toEqual(new Date("2026-11-20T10:00:00Z"));
  });

  const refusing =
    (operation: string, refused: AwsRefusal): (() => Promise<Ask>) =>
    async () =>
    async (...words) =>
      words[1] === operation ? { refused } : asking(accountOf("up")).ask(...words);
  const denied = (operation: string) => ({
    code: "AccessDenied",
    said: `An error occurred (AccessDenied) when calling the ${operation} operation: no`,
  });

  it.each<[what: string, askIn: () => Promise<Ask>, said: string]>([
    [
      "no right to see databases",
      refusing("describe-db-instances", denied("DescribeDBInstances")),
      "the backups of millrace-dev-tracking are unknown, because AWS refused 'aws rds describe-db-instances': An error occurred (AccessDenied) when calling the DescribeDBInstances operation: no",
    ],
    [
      "no right to see snapshots",
      refusing("describe-db-snapshots", denied("DescribeDBSnapshots")),
      "the backups of millrace-dev-tracking are unknown, because AWS refused 'aws rds describe-db-snapshots': An error occurred (AccessDenied) when calling the DescribeDBSnapshots operation: no",
    ],
    [
      "no credentials",
      refusing("get-caller-identity", { code: "", said: "Unable to locate credentials." }),
      "the backups of millrace-dev-tracking are unknown, because there are no AWS credentials that work: sign in with aws sso login, or set AWS_PROFILE",
    ],
    [
      "credentials of another account, which has no such database",
      answering({ "get-caller-identity": { Account: "222222222222" } }),
      "the backups of millrace-dev-tracking must be asked for with credentials of account 111111111111 (stacks/config/Pulumi.foundation-dev.yaml), got '222222222222': set AWS_PROFILE",
    ],
    [
      "an answer of another form",
      answering({ "describe-db-instances": { DBInstances: [] } }),
      "the backups of millrace-dev-tracking are unknown, because 'aws rds describe-db-instances' answered without 'DBInstances' as AWS documents it",
    ],
    [
      "a time that is none",
      answering({ "describe-db-instances": { DBInstances: [{ DbiResourceId: "db-1", LatestRestorableTime: "lately" }] } }),
      "the backups of millrace-dev-tracking are unknown, because 'aws rds describe-db-instances' answered without 'DBInstances.0.LatestRestorableTime' as AWS documents it",
    ],
  ])("is unknown with %s", async (_, askIn, said) => {
    await expect(backupOf("dev", askIn)).rejects.toThrow(new Error(said));
  });
});
