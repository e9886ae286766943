import { describe, expect, it } from "vitest";
import type { Step } from "#engine/step";
import { driftIn } from "#promotion/state/drift";

const of = (type: string, name: string): string =>
  `urn:pulumi:platform-dev::millrace::millrace:tracking:Server$kubernetes:${type}::${name}`;
const step = (type: string, op: Step["op"], ...properties: Step["properties"][number][]): Step => ({
  urn: of(type, "x"),
  op,
  properties,
});
const lines = (...steps: Step[]) => driftIn(steps).map(({ line }) => line);

describe("drift", () => {
  it("says where a resource is, and where the program wants it", () => {
    expect(
      lines(
        step(
          "apps/v1:Deployment",
          "update",
          { path: "spec.replicas", before: 3, after: 1 },
          { path: "spec.paused", before: true, after: undefined },
        ),
        step("core/v1:Namespace", "create"),
        step("core/v1:Service", "delete"),
        step("core/v1:Pod", "update", { path: "spec.containers", before: [1], after: [2] }),
      ),
    ).toEqual([
      "kubernetes:apps/v1:Deployment x: spec.replicas 3 → 1, spec.paused true → –",
      "kubernetes:core/v1:Namespace x: is gone",
      "kubernetes:core/v1:Service x: is not in the program",
      "kubernetes:core/v1:Pod x: spec.containers",
    ]);
  });

  it("tells a replacement once", () => {
    const change = { path: "spec.selector", before: "a", after: "b" };
    const parts = (["create-replacement", "replace", "delete-replaced"] as const).map((op) =>
      step("core/v1:Service", op, change),
    );
    expect(lines(...parts)).toEqual(['kubernetes:core/v1:Service x: spec.selector "a" → "b" (replace)']);
    expect(lines(parts[0]!)).toEqual(['kubernetes:core/v1:Service x: spec.selector "a" → "b" (create-replacement)']);
  });

  it("shows no value of a secret, by its type, by its path, or masked by the engine", () => {
    const text = lines(
      step("core/v1:Secret", "update", { path: "data.login", before: "b25l", after: "dHdv" }),
      step("apps/v1:Deployment", "update", { path: "spec.env.DB_PASSWORD", before: "one", after: "two" }),
      step("core/v1:ConfigMap", "update", { path: "data.x", before: "[secret]", after: "[secret]" }),
    ).join("\n");
    expect(text).not.toMatch(/b25l|dHdv|one|two/);
    expect(text).toContain("data.login");
  });
});
