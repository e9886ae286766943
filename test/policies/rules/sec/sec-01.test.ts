import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, faults } from "../../harness.ts";

const SECRET = "aws:secretsmanager/secret:Secret";

const ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";

describeRule("SEC-01", [
  {
    what: "a secret that nobody renews",
    layer: "platform",
    add: { type: SECRET, name: "pager", inputs: { kmsKeyId: "arn" } },
    says: "platform-prod/pager: 'rotation' must be a SecretRotation with an interval of at most 90 days, got 'nothing'",
  },
]);

describe("SEC-01", () => {
  const secret = { type: SECRET, name: "pager", inputs: { kmsKeyId: "arn" } };
  const rotation = (rotationRules: object, more: object = {}) => ({
    type: ROTATION,
    name: "rotation",
    inputs: { secretId: UNKNOWN, rotationRules, ...more },
    dependencies: ["pager"],
  });

  it("accepts a secret that is renewed in time", () => {
    expect(faults("SEC-01", secret, rotation({ automaticallyAfterDays: 90 }))).toEqual([]);
    expect(faults("SEC-01", { type: "aws:rds/instance:Instance", inputs: {} })).toEqual([]);
  });

  it.each(["rate(90 days)", "rate(4 hours)", "cron(0 8 1 * ? *)", "cron(0 8 1 */2 ? *)", "cron(0 8 1 1/2 ? *)"])(
    "accepts %s",
    (scheduleExpression) => {
      expect(faults("SEC-01", secret, rotation({ scheduleExpression }))).toEqual([]);
    },
  );

  it.each(["rate(91 days)", "cron(0 8 1 */3 ? *)", "cron(0 8 1 JAN ? *)", "at(2027-01-01T00:00:00)"])(
    "refuses %s",
    (scheduleExpression) => {
      expect(faults("SEC-01", secret, rotation({ scheduleExpression }))).toEqual([
        `'rotationRules.scheduleExpression' must be at most 90 days, got '${scheduleExpression}'`,
      ]);
    },
  );

  it("refuses a rotation that is rare, switched off, or another secret's", () => {
    expect(faults("SEC-01", secret, rotation({ automaticallyAfterDays: 91 }))).toEqual([
      "'rotationRules.automaticallyAfterDays' must be at most 90 days, got '91'",
    ]);
    expect(faults("SEC-01", secret, rotation({}))).toEqual([
      "'rotationRules.automaticallyAfterDays' must be at most 90 days, got 'nothing'",
    ]);
    expect(faults("SEC-01", secret, rotation({ automaticallyAfterDays: 30 }, { rotationEnabled: false }))).toEqual([
      "'rotationEnabled' must be true, got 'false'",
    ]);
    expect(faults("SEC-01", secret, { ...rotation({ automaticallyAfterDays: 30 }), dependencies: [] })).toEqual([
      "'rotation' must be a SecretRotation with an interval of at most 90 days, got 'nothing'",
    ]);
  });

  it("refuses AWS's own key and a deletion at once", () => {
    const careless = { ...secret, inputs: { recoveryWindowInDays: 0 } };
    expect(faults("SEC-01", careless, rotation({ automaticallyAfterDays: 30 }))).toEqual([
      "'kmsKeyId' must be the ARN of a key of your own, got 'nothing'",
      "'recoveryWindowInDays' must be at least 7 days, got '0'",
    ]);
  });

  it("waits for what is not known yet", () => {
    expect(faults("SEC-01", secret, rotation({ automaticallyAfterDays: UNKNOWN }))).toEqual([
      "open: rotationRules.automaticallyAfterDays",
    ]);
  });
});
