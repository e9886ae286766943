import { expect, it } from "vitest";
import { runProgram } from "#test/harness/monitor";
import { configOf, referencesOf } from "#test/harness/stacks";
const patch = (code: string) => `--import=data:text/javascript,${encodeURIComponent(`import {dev} from "file:///work/main/stacks/environments/dev.ts"; ${code}`)}`;
it("x", async () => {
  for (const [layer, code] of [["foundation", 'dev.network.cidr="10.30.128.0/17"'], ["foundation", 'dev.database.instanceClass="db.x"'], ["platform",'dev.gpu.inference.instanceType="g5.x"'],["workloads",'dev.serving.maxReplicas=1']] as const) {
  const t=performance.now();
  const r = await runProgram({ stack: `${layer}-dev`, ...configOf(layer, "dev"), references: await referencesOf(layer, "dev"), env:{NODE_OPTIONS: patch(code)} });
  console.log(performance.now()-t, r.code, r.errors, r.stderr, r.registered.filter(x=>!x.startsWith("millrace")));
  }
});
