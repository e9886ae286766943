import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { Approval, Change } from "../ledger/record.ts";
import type { Account } from "../people.ts";

/** What an approval is bound to: another release, version or environment is another one. */
export type Approved = Pick<Change, "subject" | "to" | "digest"> & {
  environment: EnvironmentName;
  /** URNs of resources with data that may go along with it. @default - none */
  allowReplace?: string[] | undefined;
};

/** An approval as its source has it. `by` is a person of `releases/promotion.json`. */
export interface GivenApproval extends Approval {
  approves: readonly Approved[];
}

/** What a source of approvals says. */
export interface Approvals {
  given: readonly GivenApproval[];
  /** Who opened the pull requests: they do not approve. */
  openedBy: readonly Account[];
  /** Who made commits of the pull requests: they do not approve either. */
  committedBy: readonly Account[];
  /** What looks like an approval and is none, with the reason, one line each. */
  refused: readonly string[];
  /** Why nothing counts that anybody has given, in any place: who approves came along with what is approved. */
  unsettled: readonly string[];
}

export const NOTHING: Approvals = { given: [], openedBy: [], committedBy: [], refused: [], unsettled: [] };

/** What several sources say together. */
export function together(parts: readonly Approvals[]): Approvals {
  const unsettled = [...new Set(parts.flatMap((each) => each.unsettled))];
  return {
    given: unsettled.length > 0 ? [] : parts.flatMap(({ given }) => given),
    openedBy: parts.flatMap(({ openedBy }) => openedBy),
    committedBy: parts.flatMap(({ committedBy }) => committedBy),
    refused: parts.flatMap(({ refused }) => refused),
    unsettled,
  };
}

/** Whether an approval is of exactly this change in this environment. */
export const isOf = (approved: Approved, environment: EnvironmentName, { subject, to, digest }: Approved | Change): boolean =>
  approved.environment === environment && approved.subject === subject && approved.to === to && approved.digest === digest;
