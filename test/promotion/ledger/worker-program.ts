// A process that writes to a ledger, told what to do line by line: the start of a process takes far longer than a race.

import { createInterface } from "node:readline";
import { LedgerMoved } from "#promotion/ledger/errors";
import { openLedger } from "#promotion/ledger/ledger";
import type { LedgerRecord } from "#promotion/ledger/record";
import { ADA, begin, fraud, hour, word } from "./records.ts";

const [url = "", who = ""] = process.argv.slice(2);
const ledger = openLedger(url);
const owner = { ...ADA, who, pid: process.pid };
let last: LedgerRecord | undefined;

const say = (answer: string): void => void process.stdout.write(`${answer}\n`);

async function obey(line: string): Promise<void> {
  const [order, count = "1"] = line.split(" ");
  switch (order) {
    case "read":
      last = (await ledger.records("prod")).at(-1);
      return say("ready");
    case "begin":
      try {
        const own = await ledger.appendAfter(last, begin(hour(9), [fraud("3", "4")], { owner }));
        return say(`won ${own.number}`);
      } catch (error) {
        return say(error instanceof LedgerMoved ? `lost ${error.record.number} ${error.record.owner.who}` : String(error));
      }
    case "append": {
      const numbers: number[] = [];
      for (let each = 0; each < Number(count); each++) {
        numbers.push((await ledger.append({ ...word(hour(9), "hold", `models/m${each}`), owner })).number);
      }
      return say(`appended ${numbers.join(",")}`);
    }
    case "for-ever":
      say("on");
      for (let each = 0; ; each++) {
        say(String((await ledger.append({ ...word(hour(9), "hold", `models/m${each}`), owner })).number));
      }
  }
}

createInterface(process.stdin).on("line", (line) => void obey(line).catch((error: unknown) => say(String(error))));
say("up");
