import { PolicyPack } from "@pulumi/policy";
import { RULES } from "./catalogue.ts";
import { DayError, today } from "./day.ts";
import { ExceptionsError } from "./exceptions.ts";
import { exceptionsInForce } from "./exceptions-file.ts";
import { keepMarks } from "./marks.ts";
import { policyOf } from "./pack.ts";

/**
 * The pack as Pulumi runs it: `pulumi preview --policy-pack policies --policy-pack-config policies/env/prod.json`. Without a config
 * the levels and parameters of prod hold.
 */
try {
  const exceptions = exceptionsInForce(RULES.map(({ id }) => id));
  const day = today();
  keepMarks();
  new PolicyPack("millrace", { policies: RULES.map((rule) => policyOf(rule, exceptions, day)) });
} catch (error) {
  if (!(error instanceof ExceptionsError || error instanceof DayError)) {
    throw error;
  }
  // Thrown, it would reach the user as a stack trace of the SDK's.
  console.error(error.message);
  process.exit(1);
}
