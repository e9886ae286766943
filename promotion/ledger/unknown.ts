import * as pulumi from "@pulumi/pulumi";
import { FILES } from "#stacks/inputs/files";
import { folderOfReleases } from "#stacks/inputs/releases/folder";
import { readPointer } from "#stacks/inputs/releases/read";
import { readRecord } from "#stacks/inputs/stable-versions";
import { printable } from "#stacks/wording";
import { nameOf, PLATFORM, subjectOf } from "../subjects.ts";
import type { Chain } from "./ledger.ts";

/** What the checkout says of an environment and its chain does not. */
export interface Unknown {
  /** What a whole ledger has. */
  problems: string[];
  /** What may still come: a merged change that is not promoted, a release that is not followed to its end. */
  notes: string[];
}

/**
 * Holds what the checkout says against the chain: who cuts the end of a chain has the repository to change too. What was stable before the
 * environment was adopted comes first in its file, and no record needs to know it.
 */
export function unknownTo({ environment, records }: Chain, folder = folderOfReleases()): Unknown {
  const begun = new Set(records.flatMap((each) => (each.kind === "begin" ? each.changes.map(nameOf) : [])));
  const measured = new Set(
    records.flatMap((each) => (each.kind === "stable" ? [nameOf({ subject: each.subject, to: each.version })] : [])),
  );
  const stable = reading(() => readRecord(environment, folder));
  if (typeof stable === "string") {
    return { problems: stable.split("\n"), notes: [] };
  }
  const later = Object.entries(stable).flatMap(([model, versions]) => {
    const names = [...new Set(versions.map(({ version }) => nameOf({ subject: subjectOf(model), to: version })))];
    return names.slice(
      Math.max(
        0,
        names.findIndex((name) => begun.has(name)),
      ),
    );
  });
  const why =
    records.length === 0
      ? `the chain is gone, this is another ledger, or nobody has adopted what runs there (npx millrace promote adopt --to ${environment})`
      : "the end of the chain was cut, or this is another ledger";
  // A pointer may be ahead of the ledger: a merged pull request changes it before CI promotes. One that cannot be read is told elsewhere.
  const pointed = records.length === 0 ? "" : reading(() => readPointer(environment, folder));
  const ahead =
    typeof pointed === "string"
      ? []
      : [
          nameOf({ subject: PLATFORM, to: pointed.platform }),
          ...Object.entries(pointed.models).map(([model, to]) => nameOf({ subject: subjectOf(model), to })),
        ];
  return {
    problems: later
      .filter((name) => !begun.has(name))
      .map((name) => `${FILES.stable(environment)} has ${printable(name)}, and no record of ${environment} brings it: ${why}`),
    notes: [
      ...later
        .filter((name) => begun.has(name) && !measured.has(name))
        .map(
          (name) =>
            `${FILES.stable(environment)} has ${printable(name)}, and no record of ${environment} calls it stable yet: npx millrace promote follow --to ${environment}, unless the end of the chain was cut`,
        ),
      ...ahead
        .filter((name) => !begun.has(name))
        .map(
          (name) =>
            `${FILES.pointer(environment)} names ${printable(name)}, and no record of ${environment} brings it: it is still to be promoted, unless the end of the chain was cut`,
        ),
    ],
  };
}

/** What is read, or the refusal. */
function reading<T extends object>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) {
      return error.message;
    }
    throw error;
  }
}
