import { beforeAll, describe, expect, it } from "vitest";
import type { Recorded } from "#plan/record";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { configOf, stackOf } from "../harness/stacks.ts";

const recorded = {} as Record<EnvironmentName, Recorded[]>;
beforeAll(async () => {
  for (const environment of ENVIRONMENTS) {
    recorded[environment] = (await stackOf("foundation", environment)).resources;
  }
});
const named = (environment: EnvironmentName, name: string): Recorded =>
  recorded[environment].find((each) => each.custom && each.name === name)!;

describe("the foundation", () => {
  it("locks the audit trail against everybody for as long as it is kept, but in dev", () => {
    const kept = (environment: EnvironmentName) => [
      named(environment, "audit-lock")?.inputs["rule"].defaultRetention,
      named(environment, "audit-lifecycle").inputs["rules"][1].expiration,
    ];
    expect([kept("dev"), kept("staging"), kept("prod")]).toEqual([
      [undefined, { days: 31 }],
      [{ mode: "COMPLIANCE", days: 90 }, { days: 91 }],
      [{ mode: "COMPLIANCE", days: 365 }, { days: 366 }],
    ]);
  });

  it("records writes to models and files, and every access to predictions, once the trail may write", () => {
    const { account, region } = configOf("foundation", "prod");
    const trail = named("prod", "audit-trail");
    expect(trail.dependencies).toContain("audit-policy");
    expect(trail.inputs["advancedEventSelectors"].map(({ name, fieldSelectors }: any) => [name, fieldSelectors[2]])).toEqual([
      ["account", undefined],
      [
        "writes",
        {
          field: "resources.ARN",
          startsWiths: ["artifacts", "models"].map((store) =>
            expect.stringMatching(`^arn:aws:s3:::millrace-prod-${store}-\\w+/$`),
          ),
        },
      ],
      [
        "accesses",
        { field: "resources.ARN", startsWiths: [expect.stringMatching(/^arn:aws:s3:::millrace-prod-predictions-\w+\/$/)] },
      ],
    ]);
    for (const policy of [named("prod", "audit-policy"), named("prod", "logs-key")]) {
      expect(policy.inputs["policy"]).toContain(
        `"aws:SourceArn":"arn:aws:cloudtrail:${region}:${account}:trail/millrace-prod-audit"`,
      );
    }
  });

  it("encrypts its logs with a customer managed key unless S3 itself writes there", () => {
    const key = (environment: EnvironmentName) =>
      named(environment, "logs-encryption").inputs["rules"][0].applyServerSideEncryptionByDefault.sseAlgorithm;
    expect([key("dev"), key("staging"), key("prod")]).toEqual(["aws:kms", "AES256", "AES256"]);
  });
});
