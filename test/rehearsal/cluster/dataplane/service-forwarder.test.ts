import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { afterEach, expect, it } from "vitest";
import { forwarder, type Ready } from "#rehearsal/cluster/dataplane/service-forwarder";

const open: Server[] = [];

afterEach(() => open.splice(0).forEach((each) => each.close()));

async function listening(server: Server): Promise<number> {
  open.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A pod that answers with its name. */
async function pod(name: string): Promise<Ready> {
  const number = await listening(createServer((_, answer) => answer.end(name)));
  return { address: "127.0.0.1", number };
}

const ask = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, agent: false }, (answer) => {
      answer.setEncoding("utf8").on("data", resolve);
    }).on("error", reject);
  });

it("leads each new connection to the next ready pod", async () => {
  const pods = [await pod("a"), await pod("b")];
  const port = await listening(forwarder(() => pods));
  expect([await ask(port), await ask(port), await ask(port)].toSorted()).toEqual(["a", "a", "b"]);
  pods.splice(0, 1);
  expect([await ask(port), await ask(port)]).toEqual(["b", "b"]);
});

it("refuses connections without a pod, and ends with one that does not listen", async () => {
  const pods: Ready[] = [];
  const port = await listening(forwarder(() => pods));
  await expect(ask(port)).rejects.toThrow(/ECONNRESET|socket hang up/);
  const [gone] = [await pod("a")];
  open.pop()?.close();
  pods.push(gone);
  await expect(ask(port)).rejects.toThrow(/ECONNRESET|socket hang up/);
});
