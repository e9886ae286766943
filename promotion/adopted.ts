import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { LedgerRecord } from "./ledger/record.ts";

/**
 * Demands that the records of an environment say what runs there: changes go on from that.
 *
 * @throws {pulumi.RunError} when none does.
 */
export function demandAdopted(environment: EnvironmentName, records: readonly LedgerRecord[]): void {
  if (!records.some(({ kind }) => kind === "done")) {
    throw new pulumi.RunError(
      `the ledger of ${environment} must say what runs there, got no record of it: bring ${environment} up, then npx millrace promote adopt --to ${environment}`,
    );
  }
}
