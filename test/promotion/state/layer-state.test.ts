import { describe, expect, it } from "vitest";
import { EngineFailure } from "#engine/failure";
import { digestOf, stateOf } from "#promotion/state/layer-state";
import { BUCKET, bytes, checkpoint, deployment, sample, secret } from "./sample.ts";

describe("the digest of a state", () => {
  it("stays when an operation changes nothing: other nonces, another order, another time", () => {
    const again = deployment({ manifest: { time: "2026-11-21T00:00:00Z" } });
    again.resources!.reverse();
    again.resources![1]!.inputs = { policy: secret("v1:other:nonce") };
    again.resources![0]!.propertyDependencies = { bucket: [] };
    expect(digestOf(again)).toBe(digestOf(deployment()));
  });

  it("moves with a value, a resource, a time of change, and an operation that was begun", () => {
    const others = [
      deployment({ resources: deployment().resources!.slice(0, 3) }),
      deployment({ pending_operations: [{ type: "creating", resource: { urn: BUCKET, type: "aws:s3/bucket:Bucket" } }] }),
      deployment({ resources: deployment().resources!.map((each) => ({ ...each, modified: "2026-11-20T11:00:00Z" })) }),
      deployment({ resources: deployment().resources!.map((each) => ({ ...each, inputs: { x: 1 } })) }),
    ];
    expect(new Set([deployment(), ...others].map(digestOf)).size).toBe(5);
  });

  it("is none where no resource is", () => {
    expect([digestOf({}), digestOf({ resources: [] })]).toEqual([null, null]);
  });
});

describe("the state of a layer", () => {
  it("has a digest, what was begun, and who holds it", async () => {
    const of = await sample();
    expect(await stateOf(of.engine, "platform", "dev")).toEqual({
      layer: "platform",
      digest: digestOf(deployment()),
      pending: [],
      drift: [],
    });
    of.put(`${of.locks}/1.json`, '{"pid":7,"username":"ada","hostname":"laptop","timestamp":"2026-11-20T10:00:00Z"}');
    const pending_operations = [{ type: "creating", resource: { urn: BUCKET, type: "aws:s3/bucket:Bucket" } }];
    of.put(of.checkpoint, bytes(checkpoint(deployment({ pending_operations }))));
    expect(await stateOf(of.engine, "platform", "dev")).toMatchObject({
      pending: ["creating aws:s3/bucket:Bucket data"],
      lockedBy: "ada on laptop (process 7) since 2026-11-20T10:00:00.000Z",
    });
  });

  it("is empty where there is no such stack, and an error where it cannot be read", async () => {
    const { engine } = await sample();
    const refusing = (reason: string) => ({
      ...engine,
      exportState: () =>
        Promise.reject(new EngineFailure({ operation: "stack export", resource: undefined, reason, findings: [], log: "/l" })),
    });
    expect(await stateOf(refusing("no stack named 'platform-dev' found"), "platform", "dev")).toMatchObject({ digest: null });
    await expect(stateOf(refusing("access denied"), "platform", "dev")).rejects.toThrow("access denied");
  });
});
