import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { openLedger } from "#promotion/ledger/ledger";
import { appendTogether, racePairs } from "./races.ts";
import { ledgerFolder } from "./records.ts";
import { Worker } from "./workers.ts";

it("of 50 pairs of processes that begin at one moment, exactly one wins each time", () => racePairs(ledgerFolder().url, 50));

it("eight processes that append 20 records each give each its own number", () => appendTogether(ledgerFolder().url, 8, 20));

it("a process that is killed while it writes leaves whole records, and at most one that it has not told of", async () => {
  const { url, folder } = ledgerFolder();
  let length = 0;
  for (let kill = 0; kill < 20; kill++) {
    const worker = await Worker.start(url, "Ada");
    await worker.ask("for-ever");
    await pause(20 + kill * 5);
    const told = Number((await worker.kill()).at(-1) ?? length);
    ({ length } = await openLedger(url).records("prod"));
    expect([told, told + 1]).toContain(length);
  }
  expect(length).toBeGreaterThan(20);
  expect(readdirSync(join(folder, "prod")).filter((file) => !file.startsWith("."))).toHaveLength(length);
});
