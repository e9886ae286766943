import type { Chain } from "#promotion/ledger/ledger";
import { digestOfRecord } from "#promotion/ledger/record";
import { unknownTo } from "#promotion/ledger/unknown";
import { counted } from "#render/counted";
import { dim, green, red } from "#render/terminal";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { shown } from "#stacks/wording";
import { BadInput, environmentNamed } from "../bad-input.ts";
import { answer } from "../say.ts";
import { type LedgerOptions, ledgerNamed } from "./ledger.ts";

interface Options extends LedgerOptions {
  expect?: string[];
}

/** A head that was printed before. */
interface Expected {
  /** @default - any of them */
  environment?: EnvironmentName;
  digest: string;
}

/** `audit verify`. */
export async function verify({ ledger: url, expect = [], json = false }: Options): Promise<void> {
  const expected = expect.map(expectedIn);
  const ledger = ledgerNamed(url);
  const found = await ledger.verify();
  const beside = found.chains.map((chain) => unknownTo(chain));
  const chains = found.chains.map((chain, at) => ({ ...chain, problems: [...chain.problems, ...beside[at]!.problems] }));
  const missing = expected.flatMap((each) => (isIn(chains, each) ? [] : [missingText(each)]));
  const problems = [...found.strangers, ...missing];
  const isWhole = problems.length === 0 && chains.every((chain) => chain.problems.length === 0);
  const isEmpty = found.strangers.length === 0 && found.chains.every((each) => each.records.length + each.problems.length === 0);
  const notes = [...(isEmpty ? [emptyText(ledger.url)] : []), ...[...chains, ...beside].flatMap((each) => each.notes)];
  const told = chains.map(({ environment, head, problems, records }) => ({
    environment,
    head,
    problems,
    records: records.length,
  }));
  answer(json, { chains: told, problems, notes }, () =>
    [
      // Nothing is as it must be where nothing is.
      ...chains.filter((chain) => !isEmpty || chain.problems.length > 0).map(textOf),
      ...problems.map((problem) => `${red("✗")} ${problem}`),
      ...notes.map((note) => `! ${note}`),
    ].join("\n"),
  );
  process.exitCode = isWhole ? 0 : 1;
}

const emptyText = (url: string): string =>
  `no ledger yet at ${shown(url)}: the first promotion, or npx millrace promote adopt --to <env>, begins it`;

/** @throws {BadInput} when it is no digest, or names no environment. */
function expectedIn(text: string): Expected {
  const [, environment, digest] = /^(?:([^=]*)=)?([0-9a-f]{64})$/.exec(text) ?? [];
  if (digest === undefined) {
    throw new BadInput(
      `'--expect' must be <environment>=<digest of 64 hexadecimal digits>, as audit verify prints it, got ${shown(text)}`,
    );
  }
  return environment === undefined ? { digest } : { environment: environmentNamed(environment), digest };
}

/** A chain may have grown since: the record must be in it. */
const isIn = (chains: readonly Chain[], { environment, digest }: Expected): boolean =>
  chains.some(
    (chain) =>
      (environment === undefined || chain.environment === environment) &&
      chain.records.some((record) => digestOfRecord(record) === digest),
  );

const missingText = ({ environment, digest }: Expected): string =>
  `${environment ?? "the ledger"} must have the record with digest '${digest}', got none: the end of the chain was cut, or it was written anew`;

function textOf({ environment, records, head, problems }: Chain): string {
  if (problems.length > 0) {
    return [`${red("✗")} ${environment}`, ...problems.map((problem) => `    ${problem}`)].join("\n");
  }
  return `${green("✓")} ${environment.padEnd(7)}   ${counted(records.length, "record")}${head === null ? "" : dim(`   head ${head}`)}`;
}
