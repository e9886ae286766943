import { PROVIDER } from "../../aws/types.ts";
import { together, unless } from "../../findings.ts";
import { opened } from "../../providers.ts";
import { flag, list, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const NAMED = { accountsNamed: true };

export const AWS_01 = rule({
  id: "AWS-01",
  title: "A provider acts only in the accounts that it names",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.1", "SOC2 CC8.1"],
  remediation:
    "Set `allowedAccountIds` of the provider to the account of the environment: credentials of another one then change nothing.",
  parameters: { dev: NAMED, staging: NAMED, prod: NAMED },
  // Most programs of others use the provider that Pulumi makes for them.
  elsewhere: { accountsNamed: false },
  types: [PROVIDER],
  check: ({ inputs }, { accountsNamed }) =>
    accountsNamed
      ? together(
          () =>
            unless(accountsOf(opened(inputs, "allowedAccountIds")).length > 0, {
              property: "allowedAccountIds",
              got: "every account",
              want: "a list with the account of the environment",
            }),
          // It then compares nothing.
          () =>
            unless(flag(inputs, "skipRequestingAccountId") !== true, {
              property: "skipRequestingAccountId",
              got: "true",
              want: "false",
            }),
        )
      : [],
});

const accountsOf = (value: unknown): string[] => Object.keys(list(value)).flatMap((index) => text(value, index)?.trim() || []);
