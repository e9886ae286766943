// `npm run refresh:charts -- <folder>`: rewrites what is known of the keys of each pinned chart's values, from a folder of charts.
//
// The folder holds a chart as a folder `<name>` or as an archive `<name>-<version>.tgz`, as `millrace charts fetch` writes it. A chart
// that is not there keeps what was read of it before; one that nobody has read stays unknown, and rule CTL-04 says so.
//
// With `--into <folder>` the tables are written elsewhere.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CHARTS, type ChartPin } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";
import { KNOWN_CHARTS } from "#policies/kubernetes/chart-values/index";
import { readChart, unpackedChart } from "./charts/read.ts";
import { treeOf } from "./charts/tree.ts";
import { moduleOfTree } from "./charts/tree-module.ts";
import { namedFolder } from "./named-folder.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { into: { type: "string", default: join(PROJECT_FOLDER, "policies/kubernetes/chart-values") } },
});
const folder = namedFolder("<folder>", positionals[0] ?? "", "readable");
const into = namedFolder("--into", values.into, "writable");

const place = mkdtempSync(join(tmpdir(), "charts-"));
try {
  for (const pin of Object.values<ChartPin>(CHARTS)) {
    const name = pin.chart.split("/").at(-1)!;
    const chart = await unpackedChart(folder, name, pin.version, place);
    if (chart === undefined) {
      const known = KNOWN_CHARTS[name];
      console.log(
        `${name} ${pin.version}: not in ${folder}; ${known ? `its keys stay those of ${known.read}` : "its keys stay unknown"}`,
      );
      continue;
    }
    const { version: read, source } = readChart(chart);
    writeFileSync(join(into, `${name}.ts`), moduleOfTree({ name, version: pin.version, read, tree: treeOf(source) }));
    console.log(`${name} ${pin.version}: read from ${read}`);
  }
} finally {
  rmSync(place, { recursive: true });
}
