import { describe, expect, it } from "vitest";
import { RULES } from "#policies/catalogue";
import { unseenAmong, unseenLine } from "#policies/unseen";
import { LAYERS } from "#stacks/contracts";
import { golden, of } from "./harness.ts";

const unseen = (...types: string[]) =>
  unseenAmong(
    types.map((type) => of(type, "x", {})),
    RULES,
  );

describe("types that no rule looks at", () => {
  it("are counted, without components and providers", () => {
    const cluster = "aws:cloudhsmv2/cluster:Cluster";
    expect(unseen(cluster, "aws:s3/bucket:Bucket", cluster, "millrace:storage:ObjectStore", "pulumi:providers:aws")).toEqual([
      { type: cluster, count: 2 },
    ]);
  });

  it("are named in one line, the first of them", () => {
    expect(unseenLine([])).toEqual([]);
    const many = Array.from({ length: 8 }, (_, at) => ({ type: `aws:a/b${at}:B`, count: 1 }));
    expect(unseenLine([...many, { type: "aws:a/b0:B", count: 2 }])).toEqual([
      "no rule looks at: aws:a/b0:B (3), aws:a/b1:B (1), aws:a/b2:B (1), aws:a/b3:B (1), aws:a/b4:B (1), aws:a/b5:B (1), and 2 more types",
    ]);
  });

  it("follow from what every rule says that it looks at; only a region is asked of everything", () => {
    expect(RULES.filter(({ types = [] }) => types.length === 0).map(({ id }) => id)).toEqual(["RES-01"]);
  });

  it("are none that hold data or let somebody in, in our own stacks", async () => {
    const types = new Set<string>();
    for (const layer of LAYERS) {
      unseenAmong(await golden(layer, "prod"), RULES).forEach(({ type }) => types.add(type));
    }
    expect(
      [...types].filter((type) =>
        /:(Bucket|BucketPolicy|Cluster|Instance|Key|Policy|Queue|QueuePolicy|Role|Secret|SecurityGroup|Topic|Volume)$/.test(type),
      ),
    ).toEqual([]);
  });
});
