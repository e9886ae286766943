import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { NETWORK, podAddresses } from "#rehearsal/cluster/isolation/addresses";
import { Lifeline } from "#rehearsal/cluster/isolation/lifeline";

const folder = mkdtempSync(join(tmpdir(), "millrace-lifeline-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Both ends of a socket. */
async function pair(name: string): Promise<[Socket, Socket]> {
  const path = join(folder, name);
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  const there = connect(path);
  const here = await accepted;
  server.close();
  return [here, there];
}

/** A lifeline with what came over it. */
function listening(socket: Socket) {
  const heard: string[] = [];
  const ended = Promise.withResolvers<void>();
  const onEnd = (): void => {
    heard.push("(end)");
    ended.resolve();
  };
  return { line: new Lifeline(socket, { onWord: (word) => heard.push(word), onEnd }), heard, ended: ended.promise };
}

describe("a lifeline", () => {
  it("carries words both ways, and reports once that the other side is gone", async () => {
    const [here, there] = await pair("both");
    const [outer, inner] = [listening(here), listening(there)];
    await inner.line.say("kept");
    await outer.line.say("kept");
    await expect.poll(() => [outer.heard, inner.heard]).toEqual([["kept"], ["kept"]]);
    there.destroy();
    await Promise.all([outer.ended, inner.ended]);
    expect([outer.heard, inner.heard]).toEqual([
      ["kept", "(end)"],
      ["kept", "(end)"],
    ]);
  });

  it("joins a word that arrives in pieces", async () => {
    const [here, there] = await pair("pieces");
    const { heard, ended } = listening(here);
    there.write("ke");
    await new Promise((resolve) => setTimeout(resolve, 20));
    there.end("pt\nke");
    await ended;
    expect(heard).toEqual(["kept", "(end)"]);
  });

  it("reports nothing after it was cut", async () => {
    const [here, there] = await pair("cut");
    const { line, ended } = listening(here);
    there.destroy();
    await ended;
    await expect(line.say("kept")).resolves.toBeUndefined();
  });
});

describe("the addresses of a rehearsal", () => {
  it("are distinct, in its own prefix, and not those of its servers", () => {
    const pods = podAddresses();
    const { prefix, ...servers } = NETWORK;
    expect([pods.length, pods[0], pods.at(-1)]).toEqual([1_000, "10.66.1.1", "10.66.4.250"]);
    expect(new Set([...pods, ...Object.values(servers)]).size).toBe(1_007);
    expect([...pods, ...Object.values(servers)].filter((address) => !address.startsWith("10.66."))).toEqual([]);
    expect(prefix).toBe("10.66.0.1/16");
  });
});
