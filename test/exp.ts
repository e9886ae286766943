import { writeFileSync } from "node:fs";
import { createEngine } from "#engine/engine";
import { createProbe } from "#test/harness/probe";

const probe = await createProbe();
const engine = createEngine(probe.options);
await engine.stackInit("probe-dev");
await engine.configSet("probe-dev", "apiKey", "never-plain", { secret: true });
await engine.up("probe-dev");
const out = (n: string, v: unknown) => writeFileSync(`/tmp/state-exp-${n}.json`, JSON.stringify(v, null, 1));
out("1", await engine.exportState("probe-dev"));
out("2", await engine.exportState("probe-dev"));
await engine.up("probe-dev");
out("3", await engine.exportState("probe-dev"));
await engine.refresh("probe-dev");
out("4", await engine.exportState("probe-dev"));
console.log(probe.folder);
writeFileSync("/tmp/state-exp-env.json", JSON.stringify(probe.options));
