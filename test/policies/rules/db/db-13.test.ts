import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";

describeRule("DB-13", [
  {
    what: "a database that forgets",
    layer: "foundation",
    resource: "tracking-database-parameters",
    change: (inputs) => inputs.parameters.push({ name: "synchronous_commit", value: "off" }),
    says: "foundation-prod/tracking-database-parameters: 'parameters.synchronous_commit' must be left out, as a crash loses what was confirmed otherwise, got 'off'",
    unknown: "parameters",
  },
]);

it.each([
  ["synchronous_commit", "local", 0],
  ["password_encryption", "md5", 1],
  ["password_encryption", "scram-sha-256", 0],
  ["log_statement", "ddl", 0],
  ["log_statement", "all", 1],
  ["innodb_flush_log_at_trx_commit", 2, 1],
  ["innodb_flush_log_at_trx_commit", 1, 0],
  ["local_infile", true, 1],
  ["autovacuum", 1, 0],
  ["constructor", "0", 0],
])("DB-13 reads %s = %s", (name, value, count) => {
  expect(found("DB-13", of(PARAMETERS, "p", { parameters: [{ name, value }] }))).toHaveLength(count);
});
