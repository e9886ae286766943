// Sends requests at a constant rate and reports each answer; see Load.
import { Agent, request } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import { TLS_ENDED } from "./forwarded.ts";
import type { LoadOptions } from "./load.ts";
import { namedUser } from "./named-user.ts";
import type { Sample } from "./sample.ts";

const TICK_MS = 5;
const REPORT_MS = 100;
/** An answer that takes longer counts as no answer, milliseconds. */
const TIMEOUT_MS = 15_000;

const { gateway, host, path, bodies, rate, versionHeader, headers, people, labels } = workerData as LoadOptions;
const [address, port] = gateway.split(":");
const agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: "fifo" });
const questions = bodies.map((body, at) => ({
  body,
  label: labels?.[at],
  headers: { ...TLS_ENDED, host, "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
}));

let batch: Sample[] = [];
let sent = 0;
let underWay = 0;

const started = performance.now();
const sender = setInterval(() => {
  for (const due = Math.floor(((performance.now() - started) / 1000) * rate); sent < due; sent += 1) {
    send(questions[sent % questions.length]!, people && `user-${sent % people.count}`);
  }
}, TICK_MS);
const reporter = setInterval(report, REPORT_MS);

parentPort?.on("message", () => {
  clearInterval(sender);
  const wait = setInterval(() => {
    if (underWay === 0) {
      clearInterval(wait);
      clearInterval(reporter);
      report();
      agent.destroy();
      parentPort?.close();
    }
  }, TICK_MS);
});

function send({ body, headers: usual, label }: (typeof questions)[number], person: string | undefined): void {
  underWay += 1;
  const from = performance.now();
  const done = (status: number, version: string, said?: string): void => {
    underWay -= 1;
    batch.push({
      at: Date.now(),
      ms: performance.now() - from,
      status,
      version,
      ...(person !== undefined && { person }),
      ...(label !== undefined && status === 200 && said !== undefined && { right: likeliest(said) === label }),
    });
  };
  const headers = person === undefined ? usual : { ...usual, ...namedUser(people!.sticky, person) };
  const call = request({ host: address, port, path, method: "POST", agent, headers, timeout: TIMEOUT_MS }, (answer) => {
    const parts: Buffer[] = [];
    answer.on("data", (part: Buffer) => label !== undefined && parts.push(part));
    answer.once("end", () =>
      done(answer.statusCode ?? 0, String(answer.headers[versionHeader] ?? ""), Buffer.concat(parts).toString()),
    );
    answer.once("error", () => done(0, ""));
  });
  call.once("timeout", () => call.destroy());
  call.once("error", () => done(0, ""));
  call.end(body);
}

/** The class of the largest chance of the first row. */
function likeliest(said: string): number {
  const { predictions } = JSON.parse(said) as { predictions: [number[]] };
  return predictions[0].indexOf(Math.max(...predictions[0]));
}

function report(): void {
  if (batch.length > 0) {
    parentPort?.postMessage(batch);
    batch = [];
  }
}
