import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { Approval, Change } from "../ledger/record.ts";
import type { Account } from "../people.ts";

/** What an approval is bound to: another release, version or environment is another one. */
export type Approved = Pick<Change, "subject" | "to" | "digest"> & { environment: EnvironmentName };

/** An approval as its source has it. `by` is a person of `releases/promotion.json`. */
export interface GivenApproval extends Approval {
  approves: readonly Approved[];
}

/** What a source of approvals says. */
export interface Approvals {
  given: readonly GivenApproval[];
  /** Who opened the pull requests: they do not approve. */
  openedBy: readonly Account[];
  /** What looks like an approval and is none, with the reason, one line each. */
  refused: readonly string[];
}

/** What several sources say together. */
export const together = (parts: readonly Approvals[]): Approvals => ({
  given: parts.flatMap(({ given }) => given),
  openedBy: parts.flatMap(({ openedBy }) => openedBy),
  refused: parts.flatMap(({ refused }) => refused),
});

/** Whether an approval is of exactly this change in this environment. */
export const isOf = (approved: Approved, environment: EnvironmentName, { subject, to, digest }: Approved | Change): boolean =>
  approved.environment === environment && approved.subject === subject && approved.to === to && approved.digest === digest;
