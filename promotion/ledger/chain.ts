// What makes records a chain: each has its place, its one text, and the digest of the one before.

import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { jsonOf } from "#stacks/inputs/json-fault";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import { inWords, printable, problemsOf } from "#stacks/wording";
import { type Draft, type LedgerRecord, record } from "./record.ts";

/** Where a record of an environment lies: `prod/00000012.json`. */
export const keyOf = (environment: EnvironmentName, number: number): string =>
  `${environment}/${String(number).padStart(8, "0")}.json`;

/** The number that a key of the environment has; `undefined` for another file. */
export function numberIn(environment: EnvironmentName, key: string): number | undefined {
  const number = Number(/^[a-z]+\/(\d{8})\.json$/.exec(key)?.[1]);
  return number > 0 && key === keyOf(environment, number) ? number : undefined;
}

/** The end of a chain: what the next record stands on. */
export interface Head {
  number: number;
  digest: string | null;
}

export const START: Head = { number: 0, digest: null };

/** A record as it was read, and its digest. */
export interface Link {
  record: LedgerRecord;
  digest: string;
}

/**
 * Reads one record and checks it against its place and the one before.
 *
 * @param before digest of the record before; `null` for the first, `undefined` where that one is not as it must be.
 * @returns the record, unless it has problems; and always the digest of its bytes.
 */
export function checkRecord(
  environment: EnvironmentName,
  number: number,
  bytes: Uint8Array,
  before: string | null | undefined,
): { link?: Link; digest: string; problems: string[] } {
  const key = keyOf(environment, number);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const refuse = (...problems: string[]) => ({ digest, problems: problems.map((problem) => `${key}${problem}`) });
  let text: string | undefined;
  let content: unknown;
  try {
    text = UTF8.decode(bytes);
    content = jsonOf(text);
  } catch (error) {
    return refuse(` must be JSON in UTF-8, got ${text === undefined ? "other bytes" : (error as Error).message}`);
  }
  const parsed = record.safeParse(content, { error: inWords });
  if (!parsed.success) {
    return refuse(...problemsOf(parsed.error, content).map(({ path, text: problem }) => `: ${path}${path && " "}${problem}`));
  }
  const own = parsed.data;
  const problems = [
    ...(own.environment === environment
      ? []
      : [`environment must be '${environment}', the name of the folder, got '${own.environment}'`]),
    ...(own.number === number ? [] : [`number must be ${number}, the name of the file, got '${own.number}'`]),
    ...(before === undefined || own.previous === before ? [] : [previousProblem(environment, number, own.previous, before)]),
    ...(canonicalText(own) === text
      ? []
      : ["must be canonical JSON (sorted keys, two spaces a level, one newline at the end), got another form"]),
  ];
  return problems.length > 0
    ? refuse(...problems.map((problem) => `: ${problem}`))
    : { link: { record: own, digest }, digest, problems };
}

function previousProblem(environment: EnvironmentName, number: number, got: string | null, must: string | null): string {
  return must === null
    ? `previous must be null in the first record, got '${got}'`
    : `previous must be '${must}', the digest of ${keyOf(environment, number - 1)}, got '${got}': one of the two files was changed`;
}

/** Nothing is put in the place of a byte that is none of UTF-8. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What one file of an environment is, for the whole chain. */
export interface Read {
  key: string;
  bytes: Uint8Array | undefined;
  fault?: string | undefined;
}

/** Checks all files of an environment together. */
export function checkChain(environment: EnvironmentName, files: readonly Read[]): { links: Link[]; problems: string[] } {
  const strangers = files.filter(({ key }) => numberIn(environment, key) === undefined);
  const own = files.flatMap((file) => entry(numberIn(environment, file.key), file)).sort(([one], [other]) => one - other);
  const last = own.at(-1)?.[0] ?? 0;
  const problems = strangers.map(
    ({ key, fault = "must be named <8 digits>.json from 00000001.json on, got an extra file" }) => `${printable(key)} ${fault}`,
  );
  const links: Link[] = [];
  let before: string | null | undefined = null;
  let next = 1;
  for (const [number, { bytes, fault }] of own) {
    if (number > next) {
      problems.push(missing(environment, next, number - 1, last));
      before = undefined;
    }
    next = number + 1;
    if (fault !== undefined || bytes === undefined) {
      problems.push(`${keyOf(environment, number)} ${fault ?? "must be there, got nothing: it was there a moment ago"}`);
    }
    const checked: ReturnType<typeof checkRecord> | undefined = bytes && checkRecord(environment, number, bytes, before);
    problems.push(...(checked?.problems ?? []));
    links.push(...(checked?.link === undefined ? [] : [checked.link]));
    // A record that is not as it was written is reported once, and not for the one after it too.
    before = checked?.link === undefined ? undefined : checked.digest;
  }
  return { links, problems };
}

/** One sentence, however many there are: a name may have any number. */
function missing(environment: EnvironmentName, from: number, to: number, last: number): string {
  const keys = [from, to].map((number) => keyOf(environment, number));
  return from === to
    ? `${keys[0]} must be there, got nothing: ${keyOf(environment, last)} comes after it`
    : `${keys.join(" to ")} must be there, got nothing: ${keyOf(environment, last)} comes after them`;
}

const entry = (number: number | undefined, file: Read): [number, Read][] => (number === undefined ? [] : [[number, file]]);

/**
 * A draft in its place, with its text.
 *
 * @throws {pulumi.RunError} listing the values that no record may have.
 */
export function placed(draft: Draft, { number, digest }: Head): { link: Link; text: string } {
  const content = { ...draft, number: number + 1, previous: digest };
  const parsed = record.safeParse(content, { error: inWords });
  if (!parsed.success) {
    throw new pulumi.RunError(
      problemsOf(parsed.error, content)
        .map(({ path, text }) => `the record '${draft.kind}' of ${draft.environment}: ${path} ${text}`)
        .join("\n"),
    );
  }
  const text = canonicalText(parsed.data);
  return { link: { record: parsed.data, digest: createHash("sha256").update(text).digest("hex") }, text };
}
