// Leaves out of SARIF files what an exception allows: GitHub does not read `suppressions` and would show an open alert.
// Usage: node ci/open-alerts.ts <file>...; the files are rewritten.

import { readFileSync, writeFileSync } from "node:fs";

interface Sarif {
  runs: { results?: { suppressions?: { status?: "accepted" | "underReview" | "rejected" }[] }[] }[];
}

/** By SARIF 2.1.0, 3.27.23: suppressed when there is a suppression and none of them is rejected or still under review. */
const isSuppressed = (suppressions: { status?: string }[] = []): boolean =>
  suppressions.length > 0 && suppressions.every(({ status = "accepted" }) => status === "accepted");

for (const file of process.argv.slice(2)) {
  const sarif = JSON.parse(readFileSync(file, "utf8")) as Sarif;
  for (const run of sarif.runs) {
    run.results = (run.results ?? []).filter(({ suppressions }) => !isSuppressed(suppressions));
  }
  writeFileSync(file, `${JSON.stringify(sarif, null, 2)}\n`);
}
