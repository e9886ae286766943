import { describe, expect, it } from "vitest";
import { wantedBy } from "#rehearsal/plugins/providers/kubernetes/wait-for";

describe("pulumi.com/waitFor", () => {
  const rollout = {
    status: { phase: "Healthy", list: [{ name: "a", ok: true }], conditions: [{ type: "Ready", status: "True" }] },
  };
  it.each([
    ["jsonpath={.status.phase}=Healthy", true],
    ["jsonpath={.status.phase}=Degraded", false],
    ["jsonpath={.status.missing}", false],
    ["jsonpath={.status.list[0].ok}=true", true],
    ['jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', true],
    ["condition=Ready", true],
    ["condition=Ready=False", false],
    ['["condition=Ready", "jsonpath={.status.phase}=Degraded"]', false],
  ])("%s: %s", (annotation, holds) => {
    expect(wantedBy(annotation)(rollout)).toBe(holds);
  });

  it("refuses what it cannot read", () => {
    expect(() => wantedBy("phase=Healthy")).toThrow(
      "pulumi.com/waitFor must be condition=<type> or jsonpath={<path>}=<value>, got 'phase=Healthy'",
    );
    expect(() => wantedBy("jsonpath={..phase}=x")).toThrow("pulumi.com/waitFor has a path that cannot be read: '..phase'");
  });
});
