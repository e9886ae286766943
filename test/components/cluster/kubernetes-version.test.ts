import { describe, expect, it } from "vitest";
import { inStandardSupport, standardSupportRule } from "#components/cluster/kubernetes-version";

describe("Kubernetes versions", () => {
  it.each([
    ["1.35", "2026-11-21", true],
    ["1.35", "2027-03-27", true],
    ["1.35", "2027-03-28", false],
    ["1.33", "2026-11-21", false],
    ["1.99", "2026-11-21", false],
    ["latest", "2026-11-21", false],
  ])("%s on %s: %s", (version, day, supported) => {
    expect(inStandardSupport(version, day)).toBe(supported);
  });

  it("names what is left to choose from on that day", () => {
    expect(standardSupportRule("2026-11-21")).toBe(
      "a Kubernetes version in EKS standard support (1.34 until 2026-12-02, 1.35 until 2027-03-27, 1.36 until 2027-08-02)",
    );
    expect(standardSupportRule("2027-04-01")).toBe("a Kubernetes version in EKS standard support (1.36 until 2027-08-02)");
    expect(standardSupportRule("2030-01-01")).toBe(
      "a Kubernetes version in EKS standard support (none is known: bring versions.ts up to date)",
    );
  });
});
