import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const o = JSON.parse(readFileSync("/tmp/state-exp-env.json", "utf8"));
const env = { ...process.env, ...o.environment };
for (const a of process.argv.slice(2)) {
  const t = performance.now();
  try {
    console.log(
      a,
      execFileSync(`${o.installation}/bin/pulumi`, a.split(" "), {
        cwd: o.project,
        env,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  } catch (e: any) {
    console.log(a, "FAILED", e.status, e.stdout, e.stderr);
  }
  console.log((performance.now() - t).toFixed(0), "ms");
}
