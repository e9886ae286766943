import type { Layer } from "#stacks/contracts";
import type { LedgerRecord } from "../ledger/record.ts";
import { layersOf } from "../subjects.ts";
import type { Expected } from "./check.ts";

/** The states of an environment as its ledger has them. A layer that was begun to be changed since then has none. */
export function statesWritten(records: readonly LedgerRecord[]): Partial<Record<Layer, Expected>> {
  const written: Partial<Record<Layer, Expected>> = {};
  for (const record of records) {
    if (record.kind === "begin") {
      for (const layer of layersOf(record.changes)) {
        delete written[layer];
      }
    } else if (record.kind === "done") {
      for (const [layer, digest] of Object.entries(record.states) as [Layer, string][]) {
        written[layer] = { digest, by: `record ${record.number} of the ledger` };
      }
    }
  }
  return written;
}
