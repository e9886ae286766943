import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ClusterOptions, RehearsalCluster } from "#rehearsal/cluster/cluster";

const script = (text: string): string[] => [process.execPath, "-e", text, "--"];

test("a control plane that fails half way leaves no process of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-start-"));
  const pid = join(folder, "etcd.pid");
  const etcd = script(
    `require("node:fs").writeFileSync(${JSON.stringify(pid)}, String(process.pid));
     require("node:http").createServer((_, response) => response.end()).listen(2379, "127.0.0.1")`,
  );
  const none = script("process.exit(3)");
  const controlplane = { etcd, "kube-apiserver": none, "kube-controller-manager": none, "kube-scheduler": none };
  const options = { folder, tools: { controlplane }, crds: [], system: {} } as unknown as ClusterOptions;
  await expect(RehearsalCluster.start(options)).rejects.toThrow("kube-apiserver ended before it was ready");
  expect(() => process.kill(Number(readFileSync(pid, "utf8")), 0)).toThrow("ESRCH");
});
