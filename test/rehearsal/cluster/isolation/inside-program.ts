// Run by namespace.e2e.test.ts: its own outside and inside.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { Interrupted, interruption } from "#cli/interrupt";
import { enterNamespace } from "#rehearsal/cluster/isolation/enter";
import { isInside, setUp } from "#rehearsal/cluster/isolation/inside";
import { visit } from "#rehearsal/cluster/isolation/visit";

const [folder = "", mode] = process.argv.slice(2);

if (isInside()) {
  const inside = setUp();
  inside.hosts.set({ "prometheus.test": "10.66.0.5" });
  spawn("sleep", ["300"], { env: { ...process.env, MARK: folder } });
  const addresses = Object.values(networkInterfaces()).flatMap(
    (list) => list?.filter(({ family }) => family === "IPv4").map(({ cidr }) => cidr) ?? [],
  );
  writeFileSync(
    `${folder}.seen.json`,
    JSON.stringify({
      proxies: Object.keys(process.env).filter((name) => /_proxy$/i.test(name)),
      addresses,
      hosts: readFileSync("/etc/hosts", "utf8").includes("10.66.0.5 prometheus.test"),
    }),
  );
  if (mode === "pause") {
    await inside.pause();
    process.exit(8);
  } else if (mode === "keep") {
    await inside.stay();
  } else if (mode === "end") {
    process.exit(4);
  } else {
    setInterval(() => undefined, 1000);
  }
} else if (mode === "visit") {
  const command = ["sh", "-c", "trap 'exit 5' TERM; touch visited; sleep 60 & wait"] as const;
  process.exitCode = await visit({ folder, directory: folder, command });
} else {
  const signal = interruption();
  const argv = process.argv.slice(1);
  try {
    // Meanwhile it is up, and waits.
    const command = ["sh", "-c", `touch '${folder}.visited'`] as const;
    const onReady = (goOn: () => Promise<void>): void => void visit({ folder, directory: folder, command }).then(goOn);
    const outcome = await enterNamespace({ folder, environment: "dev", argv, keep: mode === "keep", onReady, signal });
    process.exitCode = outcome === "kept" ? 0 : outcome;
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      throw error;
    }
    process.exitCode = error.exitCode;
  }
}
