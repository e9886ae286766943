import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { describe, expect, it } from "vitest";
import { createEventReader, type ResourceProgress } from "#engine/events";
import { failureOf } from "#engine/failure";

const URN = "urn:pulumi:dev::millrace::millrace:a:B$aws:s3/bucket:Bucket::data";
const ROOT = "urn:pulumi:dev::millrace::pulumi:pulumi:Stack::millrace-dev";

function reader(events: object[]) {
  const seen: ResourceProgress[] = [];
  const read = createEventReader((progress) => seen.push(progress));
  events.forEach((event) => read.take(event as EngineEvent));
  return { ...read, seen };
}

describe("events", () => {
  const done = (urn: string, type: string) => ({ resOutputsEvent: { metadata: { urn, op: "create", type } } });

  it("count each resource once, without the engine's default providers", () => {
    const provider = "urn:pulumi:dev::millrace::pulumi:providers:aws::default_7_48_0";
    const eks = "urn:pulumi:dev::millrace::pulumi:providers:kubernetes::eks";
    const { seen } = reader([
      done(provider, "pulumi:providers:aws"),
      done(URN, "aws:s3/bucket:Bucket"),
      done(URN, "aws:s3/bucket:Bucket"),
      done(eks, "pulumi:providers:kubernetes"),
    ]);
    expect(seen).toEqual([
      { urn: URN, type: "aws:s3/bucket:Bucket", name: "data", op: "create", done: 1 },
      { urn: eks, type: "pulumi:providers:kubernetes", name: "eks", op: "create", done: 2 },
    ]);
  });

  it("carry messages, findings and the summary", () => {
    const { diagnostics, findings, changes } = reader([
      { diagnosticEvent: { severity: "info", urn: URN, message: "a line of progress", ephemeral: true } },
      { diagnosticEvent: { severity: "info#err", urn: URN, message: "said\n" } },
      { policyEvent: { policyName: "S3-01", enforcementLevel: "mandatory", resourceUrn: URN, message: "encrypt it\n" } },
      { summaryEvent: { resourceChanges: { create: 1, same: 2 }, durationSeconds: 3 } },
    ]);
    expect(diagnostics).toEqual([{ severity: "info#err", urn: URN, message: "said" }]);
    expect(findings).toEqual([{ policy: "S3-01", level: "mandatory", urn: URN, message: "encrypt it" }]);
    expect(changes()).toEqual({ create: 1, update: 0, delete: 0, replace: 0, same: 2 });
  });

  it("name what is replaced and what is deleted, each once", () => {
    const step = (urn: string, op: string) => ({ resOutputsEvent: { metadata: { urn, op, type: "aws:s3/bucket:Bucket" } } });
    const [other, gone] = [URN.replace("data", "other"), URN.replace("data", "gone")];
    const { consequences } = reader([
      step(URN, "create-replacement"),
      step(URN, "replace"),
      step(URN, "delete-replaced"),
      step(other, "delete-replaced"),
      step(gone, "delete"),
      step(ROOT, "same"),
    ]);
    expect(consequences()).toMatchObject({ replaced: [URN, other], deleted: [gone] });
  });

  it("without a summary are not taken for zero changes", () => {
    expect(reader([]).changes).toThrow("the engine must end with a summary of changes, it ended without one");
  });
});

describe("a failure", () => {
  const none = { diagnostics: [], findings: [], error: new Error("Command failed"), log: "/l" };
  const told = (urn: string, message: string) => ({ severity: "error", urn, message });

  it("is everything said against the first resource, without the engine's frame and echo", () => {
    const diagnostics = [
      told(ROOT, "update failed"),
      told(URN, "aws:s3/bucket:Bucket resource 'data': property bucket value {A} has a problem: too short"),
      told(URN, "aws:s3/bucket:Bucket resource 'data' has a problem: too odd"),
    ];
    expect(failureOf("up dev", { ...none, diagnostics }).message).toBe(
      "up dev failed at aws:s3/bucket:Bucket data: too short; too odd (log: /l)",
    );
  });

  it("is what the program said, what policies refused, or what the CLI printed", () => {
    expect(failureOf("up dev", { ...none, diagnostics: [told(ROOT, "a key is missing")] })).toMatchObject({
      resource: undefined,
      reason: "a key is missing",
    });
    const finding = { policy: "S3-01", level: "mandatory", urn: URN, message: "encrypt it" };
    const findings = [{ ...finding, level: "advisory", message: "name it" }, finding];
    expect(failureOf("preview dev", { ...none, findings }).reason).toBe("encrypt it");
    const error = new Error("Command failed: pulumi up --stack dev\nwarning: x\nerror: the stack is currently locked\nby b\n");
    expect(failureOf("up dev", { ...none, error }).reason).toBe("the stack is currently locked");
    expect(failureOf("up dev", none).reason).toBe("Command failed");
  });
});
