// Makes SARIF files fit for GitHub's code scanning. It leaves out what an exception allows, because GitHub does not read `suppressions` and
// would show an open alert, and the least severe results of a file that GitHub would refuse as a whole.
// Usage: node ci/open-alerts.ts <file>...; the files are rewritten.

import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/**
 * GitHub's limits of one upload ("SARIF support for code scanning", 2026-11): it shows the 5,000 gravest results of a run and refuses
 * more than 25,000, more than 20 runs, and files of more than 10 MB, compressed.
 */
const RESULTS = 5_000;
const RUNS = 20;
const BYTES = 10_000_000;

/** Most characters of a message: beyond this, a value that a program holds would fill the file. */
const MESSAGE = 2_000;

interface Result {
  level?: string;
  message?: { text?: string };
  suppressions?: { status?: "accepted" | "underReview" | "rejected" }[];
}

interface Sarif {
  runs: { results?: Result[] }[];
}

const LEVELS = ["error", "warning", "note", "none"];

/** By SARIF 2.1.0, 3.27.23: suppressed when there is a suppression and none of them is rejected or still under review. */
const isSuppressed = ({ suppressions = [] }: Result): boolean =>
  suppressions.length > 0 && suppressions.every(({ status = "accepted" }) => status === "accepted");

const gravest = (results: readonly Result[], most: number): Result[] =>
  results
    .toSorted((one, other) => LEVELS.indexOf(one.level ?? "warning") - LEVELS.indexOf(other.level ?? "warning"))
    .slice(0, most)
    .map((result) => {
      const text = result.message?.text ?? "";
      return text.length > MESSAGE
        ? { ...result, message: { ...result.message, text: `${text.slice(0, MESSAGE).toWellFormed()}…` } }
        : result;
    });

/** The same upload within the limits, and how many results it lacks. */
function fitting(sarif: Sarif): { text: string; lacks: number } {
  const open = sarif.runs.map(({ results = [] }) => results.filter((result) => !isSuppressed(result)));
  const all = open.reduce((sum, results) => sum + results.length, 0);
  for (let most = RESULTS; ; most = Math.floor(most / 2)) {
    const runs = sarif.runs.slice(0, RUNS).map((run, at) => ({ ...run, results: gravest(open[at]!, most) }));
    const text = `${JSON.stringify({ ...sarif, runs }, null, 2)}\n`;
    if (most === 0 || gzipSync(text).length <= BYTES) {
      return { text, lacks: all - runs.reduce((sum, { results }) => sum + results.length, 0) };
    }
  }
}

for (const file of process.argv.slice(2)) {
  const { text, lacks } = fitting(JSON.parse(readFileSync(file, "utf8")) as Sarif);
  if (lacks > 0) {
    console.error(
      `${file}: ${lacks === 1 ? "1 result is" : `${lacks} results are`} left out, the least severe ones: GitHub takes no more. \`npx millrace plan --json\` has all`,
    );
  }
  writeFileSync(file, text);
}
