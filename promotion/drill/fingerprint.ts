// What a tracking database holds, as `fingerprint.py` prints it, and how a restored copy is compared with it.

import * as z from "zod";

/** Rows of a table that share the beginning of their hash: how many, and the sum of the rest of their hashes. */
const part = z.tuple([z.number().int().positive(), z.string().regex(/^\d+$/)]);

const line = z.union([
  z.strictObject({ at: z.iso.datetime().transform((text) => new Date(text)) }),
  z.strictObject({ table: z.string(), columns: z.array(z.string()), parts: z.record(z.string(), part) }),
  z.strictObject({ version: z.string(), uri: z.string(), files: z.number().int(), sha256: z.string() }),
  z.strictObject({ end: z.literal(true) }),
]);

type Line = z.infer<typeof line>;

/** A table: its columns in their order, and its rows in parts. */
export type Table = Extract<Line, { table: string }>;

/** A registered version of a model, and its files. */
export type Version = Extract<Line, { version: string }>;

/** A database at one moment. */
export interface Fingerprint {
  /** The moment, by the clock of the database. */
  at: Date;
  tables: ReadonlyMap<string, Table>;
  versions: ReadonlyMap<string, Version>;
}

/**
 * Reads what the program has printed; lines of others, such as warnings of Python, are passed over.
 *
 * @throws {Error} when it does not have a beginning and an end.
 */
export function fingerprintIn(log: string): Fingerprint {
  const lines = log.split("\n").flatMap((text) => lineIn(text) ?? []);
  const at = lines.find((each) => "at" in each)?.at;
  if (at === undefined || !lines.some((each) => "end" in each)) {
    throw new Error(`the database must be read to its end, the pod said: ${log.trim().split("\n").at(-1) || "nothing"}`);
  }
  const tables = lines.filter((each) => "table" in each);
  const versions = lines.filter((each) => "version" in each);
  return {
    at,
    tables: new Map(tables.map((each) => [each.table, each])),
    versions: new Map(versions.map((each) => [each.version, each])),
  };
}

function lineIn(text: string): Line | undefined {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Rows of a table. */
export const rowsOf = ({ parts }: Table): number => Object.values(parts).reduce((sum, [rows]) => sum + rows, 0);

/** What a comparison has found. */
export interface Comparison {
  tables: number;
  /** Rows of the restored database. */
  rows: number;
  /** Of those, rows in parts that nobody wrote to in the meantime: all of them are equal where there is no fault. */
  compared: number;
  /** Registered versions whose files were compared. */
  versions: number;
  /** What is not equal, one line each. */
  faults: string[];
}

/**
 * Compares a restored database with the live one. The live one goes on: it is read before and after the moment to which the other was
 * restored, and only what was the same both times must be in the restored one, too.
 */
export function compare(before: Fingerprint, restored: Fingerprint, after: Fingerprint): Comparison {
  const tables = [...before.tables.values()].filter(({ table }) => after.tables.has(table));
  const found = tables.map((each) => comparedTable(each, restored.tables.get(each.table), after.tables.get(each.table)!));
  const still = [...before.versions.values()].filter((each) => equal(each, after.versions.get(each.version)));
  return {
    tables: tables.length,
    rows: [...restored.tables.values()].reduce((sum, each) => sum + rowsOf(each), 0),
    compared: found.reduce((sum, { compared }) => sum + compared, 0),
    versions: still.length,
    faults: [...found.flatMap(({ faults }) => faults), ...still.flatMap((each) => versionFaults(each, restored))],
  };
}

function comparedTable(before: Table, restored: Table | undefined, after: Table): Pick<Comparison, "compared" | "faults"> {
  const { table } = before;
  if (restored === undefined) {
    return { compared: 0, faults: [`table ${table} is missing`] };
  }
  if (!equal(before.columns, restored.columns)) {
    return { compared: 0, faults: [`table ${table} has the columns ${restored.columns.join(", ")}: not those of the live one`] };
  }
  const parts = new Set([before, restored, after].flatMap((each) => Object.keys(each.parts)));
  const still = [...parts].filter((each) => equal(before.parts[each], after.parts[each]));
  const rows = (from: Table) => still.reduce((sum, each) => sum + (from.parts[each]?.[0] ?? 0), 0);
  const others = still.filter((each) => !equal(before.parts[each], restored.parts[each]));
  const lacking = rows(before) - rows(restored);
  const how = lacking === 0 ? "other values" : `${Math.abs(lacking)} rows too ${lacking > 0 ? "few" : "many"}`;
  return {
    compared: rows(restored),
    faults: others.length === 0 ? [] : [`table ${table} has ${how}, in ${others.length} of ${still.length} parts`],
  };
}

function versionFaults(live: Version, { versions }: Fingerprint): string[] {
  const { version, uri } = live;
  const restored = versions.get(version);
  if (live.files === 0) {
    return [`${version} has no files at ${uri}`];
  }
  return equal(live, restored)
    ? []
    : [`${version} has ${restored === undefined ? "no entry" : `other files, at ${restored.uri}`}`];
}

const equal = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
