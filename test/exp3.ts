import { createEngine } from "#engine/engine";
import { mkdtempSync } from "node:fs";
const engine = createEngine({ project: process.cwd(), logs: mkdtempSync("/tmp/state-exp3-") });
console.log(await engine.backend());
for (const layer of process.argv.slice(2)) {
  const t = performance.now();
  const r = await engine.preview(`${layer}-dev`, undefined, { refresh: true }).catch((e) => e);
  if (r instanceof Error) { console.log(layer, r.message); continue; }
  console.log(layer, JSON.stringify(r.changes), ((performance.now() - t) / 1000).toFixed(1));
  for (const s of r.steps) console.log(" ", s.op, s.urn.split("::").slice(2).join(" "), JSON.stringify(s.properties).slice(0, 600));
}
