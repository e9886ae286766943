import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { type Account, accountOf } from "./account.ts";
import { type Context, lets } from "./evaluate.ts";

const ENCRYPTION = "s3:x-amz-server-side-encryption";
const KEY = `${ENCRYPTION}-aws-kms-key-id`;

const arnOf = ({ resources }: Account, type: string, name: string): string =>
  resources.find((each) => each.type === type && each.name === name)!.arn;
const bucket = (account: Account, name: string) => arnOf(account, "aws:s3/bucket:Bucket", name);
const key = (account: Account, name: string) => arnOf(account, "aws:kms/key:Key", name);

describe.each(ENVIRONMENTS)("in %s", (environment) => {
  // Whoever asks may do everything by their own policies: what stops them is the bucket's policy.
  it.each<["takes" | "refuses", string, (account: Account) => Context]>([
    ["takes", "a file without a word about encryption", () => ({})],
    ["takes", "a file under the bucket's key", (account) => ({ [ENCRYPTION]: "aws:kms", [KEY]: key(account, "data-key") })],
    ["takes", "a file that names the bucket's key alone", (account) => ({ [KEY]: key(account, "data-key") })],
    ["refuses", "a file with aws:kms and without a key", () => ({ [ENCRYPTION]: "aws:kms" })],
    ["refuses", "a file with AES256", () => ({ [ENCRYPTION]: "AES256" })],
    ["refuses", "a file with aws:kms:dsse and without a key", () => ({ [ENCRYPTION]: "aws:kms:dsse" })],
    ["refuses", "a file under another key", (account) => ({ [ENCRYPTION]: "aws:kms", [KEY]: key(account, "logs-key") })],
    ["refuses", "a file over plain HTTP", () => ({ "aws:SecureTransport": "false" })],
    ["refuses", "a file over TLS 1.1", () => ({ "s3:TlsVersion": "1.1" })],
  ])("a store %s %s", async (verdict, _, context) => {
    const account = await accountOf(environment);
    for (const name of ["data", "artifacts", "models", "predictions"]) {
      const arn = bucket(account, name);
      const request = { action: "s3:PutObject", resource: `${arn}/raw/file`, context: context(account) };
      const role = `arn:aws:iam::${account.number}:role/somebody`;
      expect(await lets(account, account.resourcePolicies.get(arn)!, role, request), name).toBe(verdict === "takes");
    }
  });

  it("the queue takes announcements of EventBridge from our own rules", async () => {
    const account = await accountOf(environment);
    const arn = arnOf(account, "aws:sqs/queue:Queue", "karpenter-interruptions");
    const ask = (source: string) =>
      lets(account, account.resourcePolicies.get(arn)!, "events.amazonaws.com", {
        action: "sqs:SendMessage",
        resource: arn,
        context: { "aws:SourceArn": source, "aws:SourceAccount": source.split(":")[4]! },
      });
    const rule = arnOf(account, "aws:cloudwatch/eventRule:EventRule", "karpenter-interruptions-health");
    expect(await ask(rule)).toBe(true);
    expect(await ask(`arn:aws:events:${account.region}:999999999999:rule/theirs`)).toBe(false);
  });

  it("the key of logs serves the log groups of the account and one trail", async () => {
    const account = await accountOf(environment);
    const arn = key(account, "logs-key");
    const ask = (service: string, context: Context) =>
      lets(account, account.resourcePolicies.get(arn)!, service, { action: "kms:GenerateDataKey", resource: arn, context });
    const trail = (number: string) => ({
      "aws:SourceArn": `arn:aws:cloudtrail:${account.region}:${number}:trail/millrace-${environment}-audit`,
    });
    expect(await ask("cloudtrail.amazonaws.com", trail(account.number))).toBe(true);
    expect(await ask("cloudtrail.amazonaws.com", trail("999999999999"))).toBe(false);
    expect(await ask("cloudtrail.amazonaws.com", {})).toBe(false);
    expect(await ask("s3.amazonaws.com", {})).toBe(false);
  });
});

// A condition that holds when its key is absent allows what nobody thought of.
it.each(ENVIRONMENTS)("no policy of %s allows anything by conditions that hold without their key", async (environment) => {
  const { resources } = await accountOf(environment);
  const open = resources.flatMap(({ name, inputs }) =>
    ["policy", "assumeRolePolicy"]
      .flatMap((property) => (typeof inputs[property] === "string" ? (JSON.parse(inputs[property]).Statement ?? []) : []))
      .filter((statement: Statement) => statement.Effect === "Allow" && holdsWithoutKeys(statement))
      .map(({ Sid }: Statement) => `${name}: ${Sid}`),
  );
  expect(open).toEqual([]);
});

interface Statement {
  Sid: string;
  Effect: string;
  Condition?: Record<string, Record<string, unknown>>;
}

/** Every condition holds when the request carries none of its keys. */
function holdsWithoutKeys({ Condition = {} }: Statement): boolean {
  const operators = Object.entries(Condition);
  return (
    operators.length > 0 &&
    operators.every(([operator, keys]) =>
      operator === "Null"
        ? Object.values(keys).every((value) => String(value) === "true")
        : /^ForAllValues:|IfExists$|Not/.test(operator),
    )
  );
}
