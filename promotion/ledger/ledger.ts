import * as pulumi from "@pulumi/pulumi";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import { printable } from "#stacks/wording";
import { checkChain, checkRecord, type Head, keyOf, type Link, numberIn, placed, type Read, START } from "./chain.ts";
import { LedgerBroken, LedgerMoved } from "./errors.ts";
import { folderStore } from "./folder-store.ts";
import { placeIn } from "./place.ts";
import { type Draft, digestOfRecord, type LedgerRecord } from "./record.ts";
import { s3Store } from "./s3-store.ts";
import { Sense, senseless } from "./sense.ts";
import type { Entry, Store } from "./store.ts";

/**
 * A draft that may stand behind whatever others write meanwhile. Who begins, or takes over, decides by what they have read: they append
 * after the record that was the last one there.
 */
export type FreeDraft = Exclude<Draft, { kind: "begin" | "taken-over" }>;

/**
 * The ledger below an address.
 *
 * @param name who names the address, for refusals. @default "the ledger"
 * @throws {pulumi.RunError} when the address is none of a ledger.
 */
export function openLedger(url: string, name = "the ledger"): Ledger {
  const place = placeIn(url, name);
  return new Ledger(place.kind === "folder" ? folderStore(place.folder) : s3Store(place), url);
}

/** What has happened in the environments: a chain of records for each, to which is only added. */
export class Ledger {
  readonly #store: Store;
  /** What was read and checked: it never changes. */
  readonly #known = new Map<EnvironmentName, Link[]>();
  /** What an environment's last append waits for. */
  readonly #turns = new Map<EnvironmentName, Promise<unknown>>();

  /** Its address. @default "", of one that has none */
  readonly url: string;

  constructor(store: Store, url = "") {
    this.#store = store;
    this.url = url;
  }

  /** All records of an environment, oldest first. @throws {LedgerBroken} listing everything that is not as it was written. */
  async records(environment: EnvironmentName): Promise<LedgerRecord[]> {
    const { links, problems } = await this.#read(environment);
    if (problems.length > 0) {
      throw new LedgerBroken(problems);
    }
    this.#known.set(environment, links);
    return links.map(({ record }) => record);
  }

  /**
   * Checks everything that the ledger has: that it is as it was written, and that it makes sense.
   *
   * @returns the chain of each environment with its problems, and those of files that belong to no environment.
   */
  async verify(now = new Date()): Promise<{ chains: Chain[]; strangers: string[] }> {
    const [all, ...chains] = await Promise.all([
      this.#store.list(""),
      ...ENVIRONMENTS.map(async (environment): Promise<Chain> => {
        const { links, problems } = await this.#read(environment);
        const records = links.map(({ record }) => record);
        // Where records are missing, those after them make no sense.
        const { problems: sense, clocks } = problems.length > 0 ? { problems: [], clocks: [] } : senseless(records, now);
        const placed = ({ number, text }: { number: number; text: string }): string => `${keyOf(environment, number)}: ${text}`;
        return {
          environment,
          records,
          head: links.at(-1)?.digest ?? null,
          problems: [...problems, ...sense.map(placed)],
          notes: clocks.map((each) => `${placed(each)}: the clock of ${records[each.number - 1]!.owner.host} was wrong`),
        };
      }),
    ]);
    const strangers = all
      .filter(({ key }) => !ENVIRONMENTS.some((environment) => key === environment || key.startsWith(`${environment}/`)))
      .map(
        ({ key, fault }) =>
          `${printable(key)} must lie in the folder of an environment (${ENVIRONMENTS.join(", ")}), got an extra ${fault === undefined ? "file" : "thing"}`,
      );
    return { chains, strangers };
  }

  /**
   * Adds a record at the end, wherever that is when it is written. Appends of one ledger are written in the order of their calls. What a
   * clock says stops nobody: the next one may be right.
   *
   * @throws {LedgerBroken} when the chain is not as it was written. @throws {pulumi.RunError} when the record makes no sense behind it.
   */
  append(draft: FreeDraft): Promise<LedgerRecord> {
    const { environment } = draft;
    const turn = (this.#turns.get(environment) ?? Promise.resolve()).then(() => this.#append(draft));
    this.#turns.set(
      environment,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /**
   * Adds a record behind the one that the caller takes for the last one.
   *
   * @param previous last record, as it was read; `undefined` for the first one.
   * @throws {LedgerMoved} with the record that was first, when somebody else's has the place.
   */
  async appendAfter(previous: LedgerRecord | undefined, draft: Draft): Promise<LedgerRecord> {
    const { environment } = draft;
    const head = previous === undefined ? START : { number: previous.number, digest: digestOfRecord(previous) };
    const { link, text } = placed(draft, head);
    if (previous !== undefined) {
      await this.#demand(previous, environment);
    }
    const key = keyOf(environment, link.record.number);
    if (await this.#store.putNew(key, text)) {
      return link.record;
    }
    throw new LedgerMoved((await this.#next(environment, head))?.record ?? unreadable(key));
  }

  async #append(draft: FreeDraft): Promise<LedgerRecord> {
    const { environment } = draft;
    if (!this.#known.has(environment)) {
      await this.records(environment);
    }
    const known = this.#known.get(environment)!;
    for (;;) {
      const { link, text } = placed(draft, headOf(known));
      const key = keyOf(environment, link.record.number);
      const problems = problemsAfter(known, link.record);
      if (problems.length === 0 && (await this.#store.putNew(key, text))) {
        known.push(link);
        return link.record;
      }
      // Others were first: one of them got the place, so everybody together goes on. What they wrote may make sense of ours.
      const isNew = await this.#catchUp(environment, known);
      if (!isNew && problems.length > 0) {
        throw new pulumi.RunError(problems.map((each) => `the record '${draft.kind}' of ${environment}: ${each}`).join("\n"));
      }
      if (!isNew) {
        unreadable(key);
      }
    }
  }

  /** Reads what others have written since. @returns whether there was any. */
  async #catchUp(environment: EnvironmentName, known: Link[]): Promise<boolean> {
    const { length } = known;
    for (let next = await this.#next(environment, headOf(known)); next !== undefined; ) {
      known.push(next);
      next = await this.#next(environment, headOf(known));
    }
    return known.length > length;
  }

  /** The record behind another one, if there is one. */
  async #next(environment: EnvironmentName, { number, digest }: Head): Promise<Link | undefined> {
    const bytes = await this.#store.read(keyOf(environment, number + 1));
    if (bytes === undefined) {
      return undefined;
    }
    const { link, problems } = checkRecord(environment, number + 1, bytes, digest);
    if (link === undefined) {
      throw new LedgerBroken(problems);
    }
    return link;
  }

  /** Refuses a record that the ledger does not have like this. */
  async #demand(record: LedgerRecord, environment: EnvironmentName): Promise<void> {
    const key = keyOf(environment, record.number);
    const bytes = await this.#store.read(key);
    if (bytes === undefined || !Buffer.from(canonicalText(record)).equals(bytes)) {
      throw new LedgerBroken([`${key} must be as it was read before, got ${bytes === undefined ? "nothing" : "another text"}`]);
    }
  }

  async #read(environment: EnvironmentName): Promise<ReturnType<typeof checkChain>> {
    const files: Read[] = [];
    const keys = await this.#list(environment);
    const readers = Array.from({ length: READERS }, async () => {
      for (let entry = keys.shift(); entry !== undefined; entry = keys.shift()) {
        const { key, fault } = entry;
        // What has a fault may have no end.
        const isOurs = fault === undefined && numberIn(environment, key) !== undefined;
        files.push({ key, bytes: isOurs ? await this.#store.read(key) : undefined, fault });
      }
    });
    await Promise.all(readers);
    return checkChain(environment, files);
  }

  /** What an environment has, up to the last record that a first listing shows. */
  async #list(environment: EnvironmentName): Promise<Entry[]> {
    const numbered = (entries: readonly Entry[]): number[] => entries.map(({ key }) => numberIn(environment, key) ?? 0);
    const listed = await this.#store.list(`${environment}/`);
    const last = Math.max(0, ...numbered(listed));
    const isWhole = new Set(numbered(listed)).size >= last;
    // A listing that others write into meanwhile may have a record and not the one before it; one that begins after it has both.
    const all = isWhole ? listed : await this.#store.list(`${environment}/`);
    return all.filter(({ key }) => (numberIn(environment, key) ?? 0) <= last);
  }
}

/** An environment's part of a ledger. */
export interface Chain {
  environment: EnvironmentName;
  records: LedgerRecord[];
  /** Digest of the last record; `null` where there is none. */
  head: string | null;
  problems: string[];
  /** What is odd, and no sign of a change. */
  notes: string[];
}

/** Files that are read at one time. */
const READERS = 32;

function problemsAfter(links: readonly Link[], record: LedgerRecord): string[] {
  const sense = new Sense();
  links.forEach((link) => sense.add(link.record));
  return sense.problemsOf(record);
}

function headOf(links: readonly Link[]): Head {
  const last = links.at(-1);
  return last === undefined ? START : { number: last.record.number, digest: last.digest };
}

function unreadable(key: string): never {
  throw new LedgerBroken([`${key} must be there, got nothing: it was there a moment ago`]);
}
