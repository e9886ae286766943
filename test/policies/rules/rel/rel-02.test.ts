import { describe, expect, it } from "vitest";
import { evaluate, sentence } from "#policies/evaluate";
import { describeRule, faults, golden, resource, ruleOf, said } from "../../harness.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";

describeRule("REL-02", [
  {
    what: "a chart of a line out of support",
    layer: "platform",
    resource: "mesh-istiod",
    change: (inputs) => (inputs.version = "1.28.10"),
    says: "platform-prod/mesh-istiod: 'version' must be of a line whose support is known: 1.29, 1.30, 1.31, got '1.28.10'",
    unknown: "version",
  },
  {
    what: "a chart without a version",
    layer: "platform",
    resource: "gateway-proxy",
    change: (inputs) => delete inputs.version,
    says: "platform-prod/gateway-proxy: 'version' must be of a line whose support is known: 1.29, 1.30, 1.31, got 'nothing'",
  },
  {
    what: "a chart whose support ended",
    layer: "platform",
    resource: "mesh-base",
    change: (inputs) => (inputs.version = "1.29.8"),
    says: "platform-prod/mesh-base: 'version' must be of a line in support, got '1.29.8' (until 2026-10-12)",
  },
  {
    what: "a database of a major version out of support",
    layer: "foundation",
    resource: "tracking-database",
    type: "aws:rds/instance:Instance",
    change: (inputs) => (inputs.engineVersion = "13.20"),
    says: "foundation-prod/tracking-database: 'engineVersion' must be of a line in support, got '13.20' (until 2026-02-28)",
    unknown: "engineVersion",
  },
  {
    what: "an image of a family out of support",
    layer: "platform",
    resource: "training-class",
    change: (inputs) => (inputs.spec.amiSelectorTerms[0].alias = "al2@v20251120"),
    says: "platform-prod/training-class: 'spec.amiSelectorTerms.alias' must be of a line in support, got 'al2@v20251120' (until 2025-11-26)",
  },
]);

describe("REL-02", () => {
  const chart = (inputs: object) => faults("REL-02", { type: RELEASE, inputs } as any).map((fault) => fault.split(", got")[0]);
  const ended = "'version' must be of a line in support";

  it.each([
    ["external-secrets", "1.1.1", [ended]],
    ["oci://ghcr.io/external-secrets/charts/external-secrets", "1.1.1", [ended]],
    ["oci://ghcr.io/istio/release/charts/gateway", "1.29.1", [ended]],
    ["istio/istiod", "v1.29.1", [ended]],
    ["external-secrets", "2.12.7", []],
    ["external-secrets", "1.10.0", [expect.stringContaining("whose support is known")]],
    ["gateway", "0.3.0", []],
    ["somebody-elses", "0.0.1", []],
  ])("of chart %s %s finds %j", (name, version, found) => {
    expect(chart({ chart: name, version })).toEqual(found);
  });

  it("does not judge a replica", () => {
    expect(said("REL-02", resource("replica", { replicateSourceDb: "x" }, { type: "aws:rds/instance:Instance" }))).toEqual([]);
  });
});

it.each([
  ["2026-11-29", []],
  ["2026-11-30", ["advisory", "advisory", "advisory"]],
  ["2027-02-28", ["advisory", "advisory", "advisory"]],
  ["2027-03-01", ["mandatory", "mandatory", "mandatory"]],
])("REL-02 on %s: %j for Istio, whose line ends on 2027-02-28", async (today, levels) => {
  const resources = await golden("platform", "prod");
  const { violations } = evaluate(resources, { rules: [ruleOf("REL-02")], environment: "prod", exceptions: [], today });
  expect(violations.map(({ level }) => level)).toEqual(levels);
  for (const violation of violations) {
    expect(sentence(violation)).toMatch(/'version' must be of a line in support, got '1\.31\.1' \(until 2027-02-28\)$/);
  }
});
