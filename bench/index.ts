import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { measurements, type Row } from "./rows.ts";

const round = (value: number): number => Math.round(value * 100) / 100;
const shown = (value: number, unit: Row["unit"]): string =>
  `${unit === "s" ? value.toFixed(2) : Math.round(value).toLocaleString("en")}${unit === "" ? "" : ` ${unit}`}`;

// Figures inform and never gate: a machine under load would turn a good change red. Only a measurement that fails does.
const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.versions.node}`;
console.log(`${machine}\n`);
const rows: Row[] = [];
for (const [name, measure] of Object.entries(measurements)) {
  try {
    for (const row of await measure()) {
      rows.push(row);
      const { what, measured, bar, unit } = row;
      console.log(
        `${measured <= bar ? "✓" : "✗"} ${shown(measured, unit).padStart(10)}  of ${shown(bar, unit).padStart(10)}  ${what}`,
      );
    }
  } catch (error) {
    process.exitCode = 1;
    console.log(`✗ ${name} was not measured: ${(error as Error).message}`);
  }
}
const results = rows.map((row) => ({ ...row, measured: round(row.measured), bar: round(row.bar), ok: row.measured <= row.bar }));
writeFileSync(
  join(PROJECT_FOLDER, "bench.json"),
  `${JSON.stringify({ machine, measured: new Date().toISOString(), rows: results }, null, 2)}\n`,
);
