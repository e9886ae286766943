import { expect, it } from "vitest";
import { LedgerBroken } from "#promotion/ledger/errors";
import { Ledger } from "#promotion/ledger/ledger";
import { digestOfRecord } from "#promotion/ledger/record";
import { random } from "../../harness/random.ts";
import { begin, done, fraud, hour, memoryStore, stable, word } from "./records.ts";

const COUNT = Number(process.env["MILLRACE_FUZZ"] ?? 1000);
const SEED = Number(process.env["MILLRACE_FUZZ_SEED"] ?? 1);

type Texts = Map<string, Uint8Array>;

/** A chain, written by a ledger. */
async function chainOf(rounds: number): Promise<Texts> {
  const texts: Texts = new Map();
  const ledger = new Ledger(memoryStore(texts));
  let number = 0;
  for (let round = 0; round < rounds; round++) {
    const [version, last] = [String(round + 1), (await ledger.records("prod")).at(-1)];
    await ledger.appendAfter(
      last,
      begin(hour(round), [fraud(round === 0 ? null : String(round), version)], { reason: "später → now" }),
    );
    await ledger.append(done(hour(round), number + 1));
    await ledger.append(stable(hour(round), number + 1, version));
    await ledger.append(word(hour(round), "hold"));
    number += 4;
  }
  return texts;
}

/** Ways to change one or two files. */
const CHANGES: readonly ((texts: Texts, keys: readonly string[], pick: (below: number) => number) => void)[] = [
  function flipsABit(texts, keys, pick) {
    const key = keys[pick(keys.length)]!;
    const bytes = Buffer.from(texts.get(key)!);
    const at = pick(bytes.length);
    bytes[at]! ^= 1 << pick(8);
    texts.set(key, bytes);
  },
  function removesBytes(texts, keys, pick) {
    const key = keys[pick(keys.length)]!;
    const bytes = Buffer.from(texts.get(key)!);
    const at = pick(bytes.length);
    texts.set(key, Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + pick(20))]));
  },
  function addsBytes(texts, keys, pick) {
    const key = keys[pick(keys.length)]!;
    const bytes = Buffer.from(texts.get(key)!);
    const at = pick(bytes.length);
    texts.set(key, Buffer.concat([bytes.subarray(0, at), Buffer.from([pick(256)]), bytes.subarray(at)]));
  },
  function removesAFile(texts, keys, pick) {
    texts.delete(keys[pick(keys.length)]!);
  },
  function swapsTwoFiles(texts, keys, pick) {
    const at = pick(keys.length);
    const [one, other] = [keys[at]!, keys[(at + 1 + pick(keys.length - 1)) % keys.length]!];
    const text = texts.get(one)!;
    texts.set(one, texts.get(other)!);
    texts.set(other, text);
  },
  function putsOneOverAnother(texts, keys, pick) {
    const at = pick(keys.length);
    texts.set(keys[at]!, texts.get(keys[(at + 1 + pick(keys.length - 1)) % keys.length]!)!);
  },
  function addsAFile(texts, keys, pick) {
    const names = [
      "prod/00000000.json",
      "prod/000000021.json",
      "prod/00000023.json",
      "prod/x",
      "prod/00000001.json.bak",
      "prod/1/00000001.json",
    ];
    texts.set(names[pick(names.length)]!, texts.get(keys[pick(keys.length)]!)!);
  },
];

it(`${COUNT} changes of a chain of 20 records are found, and none of them crashes`, async () => {
  const original = await chainOf(5);
  const keys = [...original.keys()];
  const head = digestOfRecord((await new Ledger(memoryStore(original)).records("prod")).at(-1)!);
  const next = random(SEED);
  const counts = { found: 0, byHead: 0 };
  const missed: string[] = [];
  for (let trial = 0; trial < COUNT; trial++) {
    const texts = new Map(original);
    const change = CHANGES[trial % CHANGES.length]!;
    change(texts, keys, (below) => Math.floor(next() * below));
    const changed = keys.length !== texts.size || keys.some((key) => !Buffer.from(original.get(key)!).equals(texts.get(key)!));
    const ledger = new Ledger(memoryStore(texts));
    const answer = await ledger.records("prod").catch((error: unknown) => error);
    if (answer instanceof LedgerBroken) {
      counts.found++;
      expect(answer.problems.every((problem) => /^prod\/\S+ /.test(problem))).toBe(true);
    } else if (Array.isArray(answer) && (answer.length !== 20 || digestOfRecord(answer.at(-1)!) !== head)) {
      // The end alone has nothing behind it: whoever keeps its digest elsewhere finds it.
      counts.byHead++;
    } else if (changed) {
      missed.push(`${trial} ${change.name}: ${answer instanceof Error ? answer.stack : "not found"}`);
    }
  }
  expect(missed).toEqual([]);
  expect(keys).toHaveLength(20);
  expect(counts.byHead).toBeLessThan(COUNT / 10);
  expect(counts.found).toBeGreaterThan(COUNT * 0.9);
});
