import { SECRET_OF_MANAGER } from "../../aws/types.ts";
import { inDays } from "../../day.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { flag, isSet, number, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";

interface Renewal {
  /** Most days between two rotations. */
  days: number;
}
const QUARTERLY: Renewal = { days: 90 };

/** Fewest days in which a deleted secret can be brought back. */
const RECOVERY_DAYS = 7;

/** Secrets that RDS makes are not resources of the stack. The database decides about their encryption and rotation (DB-06). */
export const SEC_01 = stackRule<Renewal>({
  id: "SEC-01",
  title: "Secrets are encrypted with a customer managed key, rotated every quarter, and can be restored for a week",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP SecretsManager.1", "FSBP SecretsManager.4"],
  remediation:
    "Set `kmsKeyId`, leave `recoveryWindowInDays` out, and make a SecretRotation with `rotationRules: { automaticallyAfterDays: 30 }`.",
  peers: ["CKV_AWS_149", "CKV_AWS_304", "CKV2_AWS_57", "AWS-0098"],
  parameters: { dev: QUARTERLY, staging: QUARTERLY, prod: QUARTERLY },
  types: [SECRET_OF_MANAGER, ROTATION],
  relate: (resources, { days }) =>
    ofEach(
      resources.filter(({ type }) => type === SECRET_OF_MANAGER),
      (secret) => weakSecret(secret, resources, days),
    ),
});

const weakSecret = (secret: Resource, resources: readonly Resource[], days: number): Finding[] =>
  together(
    () =>
      unless(isSet(secret.inputs, "kmsKeyId"), {
        resource: secret,
        property: "kmsKeyId",
        got: "nothing",
        want: "the ARN of a key of your own",
      }),
    () => {
      const window = numberOr(30, secret.inputs, "recoveryWindowInDays");
      const want = `at least ${RECOVERY_DAYS} days`;
      return unless(window >= RECOVERY_DAYS, {
        resource: secret,
        property: "recoveryWindowInDays",
        got: shown(secret.inputs["recoveryWindowInDays"] ?? window),
        want,
      });
    },
    () => rarelyRotated(secret, resources, days),
  );

function rarelyRotated(secret: Resource, resources: readonly Resource[], days: number): Fault[] {
  const rotation = resources.find(({ type, dependencies }) => type === ROTATION && dependencies.includes(secret.name));
  const want = `at most ${inDays(days)}`;
  if (rotation === undefined) {
    return [{ resource: secret, property: "rotation", got: "nothing", want: `a SecretRotation with an interval of ${want}` }];
  }
  if (flag(rotation.inputs, "rotationEnabled") === false) {
    return [{ resource: rotation, property: "rotationEnabled", got: "false", want: "true" }];
  }
  const schedule = text(rotation.inputs, "rotationRules", "scheduleExpression");
  const after = number(rotation.inputs, "rotationRules", "automaticallyAfterDays");
  const property = `rotationRules.${schedule === undefined ? "automaticallyAfterDays" : "scheduleExpression"}`;
  const longest = schedule === undefined ? (after ?? Infinity) : longestGap(schedule);
  return unless(longest <= days, { resource: rotation, property, got: shown(schedule ?? after), want });
}

/** Most days between two runs of a `rate(…)` or `cron(…)` (Secrets Manager user guide, "Rotation schedules"); `NaN` when it says too little. */
function longestGap(schedule: string): number {
  const [, count, unit] = /^rate\((\d+) (hour|day)s?\)$/.exec(schedule) ?? [];
  if (count !== undefined) {
    return Number(count) / (unit === "hour" ? 24 : 1);
  }
  const [, every = "1"] = /^cron\(\S+ \S+ \S+ (?:\*|(?:\*|1)\/(\d+)) \S+ \S+\)$/.exec(schedule) ?? [undefined, "NaN"];
  return 31 * Number(every);
}
