import { expect } from "vitest";
import { openLedger } from "#promotion/ledger/ledger";
import { Worker } from "./workers.ts";

/** Two processes begin at the same moment, again and again: one of both wins, and the other one sees who. */
export async function racePairs(url: string, pairs: number): Promise<void> {
  const workers = await Promise.all(
    ["Ada", "Bob", "Cy", "Di"].map(async (who) => ({ who, worker: await Worker.start(url, who) })),
  );
  try {
    for (let pair = 0; pair < pairs; pair++) {
      const [one, other] = [workers[pair % 4]!, workers[(pair + 1 + (Math.floor(pair / 4) % 3)) % 4]!];
      const ready = await Promise.all([one, other].map(({ worker }) => worker.ask("read")));
      expect(ready).toEqual(["ready", "ready"]);
      const [said, saidOther] = await Promise.all([one, other].map(({ worker }) => worker.ask("begin")));
      const winner = said === `won ${pair + 1}` ? one : other;
      expect(new Set([said, saidOther])).toEqual(new Set([`lost ${pair + 1} ${winner.who}`, `won ${pair + 1}`]));
    }
    const records = await openLedger(url).records("prod");
    expect(records.map(({ kind }) => kind)).toEqual(Array(pairs).fill("begin"));
  } finally {
    await Promise.all(workers.map(({ worker }) => worker.kill()));
  }
}

/** Several processes append at the same time: each record has a number of its own, and the chain holds. */
export async function appendTogether(url: string, processes: number, each: number): Promise<void> {
  const before = (await openLedger(url).records("prod")).length;
  const workers = await Promise.all(Array.from({ length: processes }, (_, at) => Worker.start(url, `worker ${at}`)));
  try {
    const answers = await Promise.all(workers.map((worker) => worker.ask(`append ${each}`)));
    const numbers = answers.map((answer) => answer.replace("appended ", "").split(",").map(Number));
    expect(numbers.flat().toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: processes * each }, (_, at) => before + at + 1),
    );
    // Each process's own records lie in the order in which it wrote them.
    expect(numbers).toEqual(numbers.map((own) => own.toSorted((a, b) => a - b)));
    expect(await openLedger(url).records("prod")).toHaveLength(before + processes * each);
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
  }
}
