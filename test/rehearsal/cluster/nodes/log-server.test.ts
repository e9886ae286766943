import { mkdtempSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { KUBE_APISERVER, serverCertificate } from "#rehearsal/cluster/controlplane/certificate";
import { logServer } from "#rehearsal/cluster/nodes/log-server";

const folder = mkdtempSync(join(tmpdir(), "millrace-logs-"));
writeFileSync(join(folder, "models-fraud-1-server.log"), "one\ntwo\nthree\n");
const { key, certificate: cert } = serverCertificate(KUBE_APISERVER);
const server = logServer({ key, cert }, (...names) => join(folder, `${names.join("-")}.log`)).listen(0, "127.0.0.1");
afterAll(() => server.close());

const ask = (path: string): Promise<[number | undefined, string]> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    get(`https://127.0.0.1:${port}${path}`, { rejectUnauthorized: false, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += String(chunk)));
      answer.on("end", () => resolve([answer.statusCode, text]));
    }).on("error", reject);
  });

it("a node shows what a pod's process has said, whole or its last lines", async () => {
  expect(await ask("/containerLogs/models/fraud-1/server")).toEqual([200, "one\ntwo\nthree\n"]);
  expect(await ask("/containerLogs/models/fraud-1/server?tailLines=2")).toEqual([200, "two\nthree\n"]);
});

it("each container has a log of its own", async () => {
  expect(await ask("/containerLogs/models/fraud-1/sidecar")).toEqual([200, ""]);
});

it("a pod without a process has said nothing, and a node answers nothing else", async () => {
  expect(await ask("/containerLogs/models/other/server")).toEqual([200, ""]);
  expect((await ask("/exec/models/fraud-1/server"))[0]).toBe(404);
  expect((await ask("/containerLogs/models/..%2Ffraud-1/server"))[1]).toBe("");
});
