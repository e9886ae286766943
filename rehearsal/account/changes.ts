import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { QUOTAS } from "#plan/account/quotas";
import { parseJson } from "#stacks/inputs/read-json";
import { inWords, problemsOf } from "#stacks/wording";

/** File in the folder of a rehearsal that says how its account is another one than it would be. A person or a story writes it. */
export const CHANGES = "account-changes.json";

const time = z.iso.datetime({ error: "must be a time, such as 2026-11-29T12:00:00Z" });

/** A value for each quota that this program knows, by its code. */
const quotas = z.strictObject(Object.fromEntries(Object.values(QUOTAS).map(({ code }) => [code, z.number().min(0).optional()])));

const changes = z.strictObject({
  /** Values of quotas, by code. @default - those of `quotas.ts` */
  quotas: quotas.prefault({}),
  /** Time to which databases can be restored: `null` where they have no backup. @default - a few minutes ago */
  restorable: z.nullable(time).optional(),
  /** Snapshots that a person took by hand, by time. */
  snapshots: z.array(time).prefault([]),
  /** Operations that the credentials may not call: `rds:DescribeDBInstances`. */
  denied: z
    .array(z.string().regex(/^[a-z0-9-]+:[A-Z]\w+$/, { error: "must be an operation, such as rds:DescribeDBInstances" }))
    .prefault([]),
});

export type Changes = z.infer<typeof changes>;

/** What the file in a rehearsal's folder says; nothing where there is none. @throws {Error} naming each key that is wrong. */
export function readChanges(folder: string): Changes {
  const file = join(folder, CHANGES);
  const content: unknown = existsSync(file) ? parseJson(file, readFileSync(file, "utf8")) : {};
  const read = changes.safeParse(content, { error: inWords });
  if (!read.success) {
    throw new Error(
      problemsOf(read.error, content)
        .map(({ path, text }) => `${file}: ${path === "" ? "" : `${path} `}${text}`)
        .join("\n"),
    );
  }
  return read.data;
}
