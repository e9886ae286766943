// Run by container.e2e.test.ts as the first process of a namespace: containers of two pods with the same port, which ask the machine.

import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { NETWORK } from "#rehearsal/cluster/isolation/addresses";
import { PodNetwork } from "#rehearsal/cluster/nodes/containers/network";
import { containerScript } from "#rehearsal/cluster/nodes/containers/root";

const [folder = ""] = process.argv.slice(2);

/** What runs in each: it tells what it sees. */
const PROGRAM = `
import { createServer } from "node:http";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const attempt = (work) => { try { return String(work()); } catch (error) { return error.code; } };
createServer(async (request, response) => {
  response.end(JSON.stringify({
    token: readFileSync("/var/run/secrets/own/token", "utf8"),
    seesOthersFiles: existsSync("${folder}"),
    writesVolume: attempt(() => writeFileSync("/var/run/secrets/own/other", "")),
    writesMachine: attempt(() => writeFileSync("/.host${folder}/written", "")),
    seesMachine: existsSync("/.host${folder}"),
    server: await fetch("http://${NETWORK.node}:6443/").then((answer) => answer.text()),
  }));
}).listen(8080, "0.0.0.0");
`;

execFileSync("ip", ["link", "set", "lo", "up"]);
execFileSync("ip", ["address", "add", NETWORK.prefix, "dev", "lo"]);
mkdirSync(join(folder, "root"));
mkdirSync(join(folder, "secrets"));
writeFileSync(join(folder, "secrets", "token"), "first");
writeFileSync(join(folder, "program.mjs"), PROGRAM);
createServer((request, response) => response.end(`hello ${request.socket.remoteAddress}`)).listen(6443, "0.0.0.0");

const networks = new Map<string, PodNetwork>();
const start = async (ip: string) => {
  const network = networks.get(ip) ?? new PodNetwork(ip, join(folder, `${ip}.network`));
  networks.set(ip, network);
  await network.open();
  const script = join(folder, `${ip}.sh`);
  const mounts = [
    // On most machines a link to /usr/bin.
    { at: "/bin/entry", from: process.execPath, kind: "file" as const, readOnly: true },
    { at: "/var/run/secrets/own", from: join(folder, "secrets"), kind: "folder" as const, readOnly: true },
  ];
  writeFileSync(script, containerScript(join(folder, "root"), mounts));
  const [program, ...args] = [...network.enter, "unshare", "--mount", "/bin/sh", script, "/bin/entry"] as const;
  return spawn(program, [...args, `/.host${join(folder, "program.mjs")}`], { stdio: ["ignore", "inherit", "inherit"] });
};

async function ask(ip: string): Promise<object> {
  for (const deadline = Date.now() + 60_000; ; await sleep(50)) {
    try {
      return (await (await fetch(`http://${ip}:8080/`)).json()) as object;
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
  }
}

const [first, second] = ["10.67.0.1", "10.67.0.2"] as const;
const child = await start(first);
await start(second);
const answers = [await ask(first), await ask(second)];
writeFileSync(join(folder, "secrets", "token"), "second");
const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
answers.push(await ask(first));
child.kill("SIGKILL");
const end = await ended;
const again = await start(first);
answers.push(await ask(first));
// A second container of the pod reaches the first one at its own address, and the one of another pod.
const [nsenter, ...into] = networks.get(first)!.enter;
const asks = (ip: string) => `fetch("http://${ip}:8080/").then((answer) => console.log(answer.status));`;
const script = asks("127.0.0.1") + asks(second);
const { stdout } = await promisify(execFile)(nsenter, [...into, process.execPath, "-e", script]);
// Its address is another pod's once it is gone.
again.kill("SIGKILL");
await networks.get(first)!.close();
networks.set(first, new PodNetwork(first, join(folder, "next.network")));
await start(first);
answers.push(await ask(first));
writeFileSync(join(folder, "answers.json"), JSON.stringify({ answers, end, beside: stdout.trim().split("\n") }));
process.exit(0);
