import { describe, expect, it } from "vitest";
import { withFound } from "#promotion/state/found";
import { mayExist } from "#promotion/state/pending";
import { BUCKET, deployment, KEY, urn } from "./sample.ts";

const creating = (of: string, type: string) => ({
  type: "creating",
  resource: { urn: of, type, custom: true, inputs: { a: 1 } },
});

describe("what a person has found", () => {
  const queue = urn("aws:sqs/queue:Queue", "jobs");
  const role = urn("aws:iam/role:Role", "jobs");
  const pending_operations = [creating(queue, "aws:sqs/queue:Queue"), creating(role, "aws:iam/role:Role")];

  it("is in the state as the killed engine was to make it; what nobody names stays begun", () => {
    const known = withFound(deployment({ pending_operations }), new Map([[queue, "https://sqs/jobs"]]));
    expect(known.resources!.at(-1)).toEqual({ ...pending_operations[0]!.resource, id: "https://sqs/jobs", outputs: {} });
    expect(known.pending_operations).toEqual([pending_operations[1]]);
  });

  it("takes the place of the one that it was to replace, of which only the deletion is left", () => {
    const state = deployment({ pending_operations: [creating(BUCKET, "aws:s3/bucket:Bucket")] });
    const of = withFound(state, new Map([[BUCKET, "data-2"]])).resources!.filter((each) => each.urn === BUCKET);
    expect(of.map(({ id, delete: gone }) => ({ id, gone }))).toEqual([
      { id: "data-1", gone: true },
      { id: "data-2", gone: undefined },
    ]);
  });

  it("is asked for only where a second creation would make a second one", () => {
    const others = [
      creating(urn("random:index/randomPassword:RandomPassword", "x"), "random:index/randomPassword:RandomPassword"),
      creating(urn("kubernetes:core/v1:Secret", "x"), "kubernetes:core/v1:Secret"),
      { ...creating(KEY, "aws:kms/key:Key"), type: "updating" },
    ];
    const state = deployment({ pending_operations: [...others, ...pending_operations] });
    expect(mayExist(state).map(({ resource }) => resource.urn)).toEqual([queue, role]);
  });
});
