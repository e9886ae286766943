import { type Ledger, openLedger } from "#promotion/ledger/ledger";
import { LEDGER_URL } from "#promotion/ledger/place";
import { isRehearsed, replacedIn } from "#promotion/rehearsed";
import { readSettings } from "#promotion/settings";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { BadInput, environmentNamed } from "../bad-input.ts";

/** What every command of the ledger takes. */
export interface LedgerOptions {
  ledger?: string;
  env?: string;
  json?: boolean;
}

/**
 * The ledger that an option, the environment or the settings of promotions name.
 *
 * @throws {BadInput} when nothing names one, or what does is no address.
 */
export function ledgerNamed(option: string | undefined): Ledger {
  const ledger = ledgerIfNamed(option);
  if (ledger === undefined) {
    throw new BadInput(
      `the ledger must be named by ${FILES.promotion}, '--ledger' or MILLRACE_LEDGER, got none of them: ${LEDGER_URL}`,
    );
  }
  return ledger;
}

/**
 * The ledger by which environments are changed: that of the settings. A rehearsal may name another one, which lies in a folder as its stacks do.
 *
 * @throws {BadInput} when the settings name none, or what is named is none by which these stacks may be changed.
 */
export function ledgerOfPromotions(): Ledger {
  const ledger = ledgerNamed(undefined);
  const [replaced] = replacedIn();
  if (isRehearsed() && replaced !== undefined && !ledger.url.startsWith("file://")) {
    throw new BadInput(
      `the ledger must lie in a folder where ${replaced} is set, got '${ledger.url}': set MILLRACE_LEDGER=file:///<folder>`,
    );
  }
  if (!isRehearsed() && readSettings().ledger === undefined) {
    throw new BadInput(
      `${FILES.promotion} must name the ledger by which environments are changed, got none: add "ledger": "${ledger.url}"`,
    );
  }
  return ledger;
}

/** The same; nothing where nobody promotes. @throws {BadInput} when what names one is no address. */
export function ledgerIfNamed(option?: string): Ledger | undefined {
  const { MILLRACE_LEDGER } = process.env;
  if (option !== undefined) {
    return openLedger(option, "'--ledger'");
  }
  const { ledger } = readSettings();
  if (MILLRACE_LEDGER !== undefined) {
    if (ledger !== undefined && ledger !== MILLRACE_LEDGER && !isRehearsed()) {
      throw new BadInput(
        `MILLRACE_LEDGER must be the ledger of ${FILES.promotion}, '${ledger}', got '${MILLRACE_LEDGER}': unset it; '--ledger' looks into another one`,
      );
    }
    return openLedger(MILLRACE_LEDGER, "MILLRACE_LEDGER");
  }
  return ledger === undefined ? undefined : openLedger(ledger, `${FILES.promotion}: ledger`);
}

/** Environments that a command speaks of. @throws {BadInput} when the word names none. */
export const environmentsNamed = (word: string | undefined): readonly EnvironmentName[] =>
  word === undefined ? ENVIRONMENTS : [environmentNamed(word)];
