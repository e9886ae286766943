import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mutated } from "#scripts/checkov/prod";
import { LAYERS } from "#stacks/contracts";
import { stackOf } from "../../harness/stacks.ts";
import { HOLDOUT } from "./holdout.ts";
import { judgeOf } from "./judge.ts";

test("hold-out", async () => {
  const layers: any = {};
  for (const l of LAYERS) layers[l] = (await stackOf(l, "prod")).resources.filter(({ custom }) => custom);
  const judge = await judgeOf();
  const out: any[] = [];
  const broken: string[] = [];
  const names = new Set<string>();
  for (const m of HOLDOUT) {
    if (names.has(m.what)) broken.push(`twice: ${m.what}`);
    names.add(m.what);
    try {
      const before = structuredClone(layers[m.layer]);
      const text = JSON.stringify(before);
      if (JSON.stringify(mutated(before, m)) === text) broken.push(`no change: ${m.what}`);
      const { accused, elsewhere } = judge(m);
      const where =
        "adds" in m
          ? `adds ${m.adds.type}`
          : "removes" in m
            ? `removes ${m.removes[0]?.name}`
            : `${m.layer} ${(m as any).resource.name}`;
      out.push({ what: m.what, where, harmless: m.harmless === true, accused, elsewhere });
    } catch (e) {
      broken.push(`throws: ${m.what}: ${(e as Error).stack?.slice(0, 300)}`);
    }
  }
  const bad = out.filter((o) => !o.harmless);
  const ok = out.filter((o) => o.harmless);
  const missed = bad.filter((o) => o.accused.length === 0);
  const wrong = ok.filter((o) => o.accused.length + o.elsewhere.length > 0);
  const lines = [
    ...broken.map((b) => `BROKEN ${b}`),
    `bad accused ${bad.length - missed.length}/${bad.length} (${missed.filter((o) => o.elsewhere.length > 0).length} of the others elsewhere)`,
    `harmless accused ${wrong.length}/${ok.length}`,
    ...missed.map(
      (o) => `MISSED ${o.what} <${o.where}>${o.elsewhere.length ? ` ELSEWHERE ${o.elsewhere[0].slice(0, 200)}` : ""}`,
    ),
    ...wrong.map((o) => `WRONG ${o.what} <${o.where}>: ${[...o.accused, ...o.elsewhere].join(" | ").slice(0, 500)}`),
  ];
  writeFileSync("/tmp/ho/result.txt", lines.join("\n"));
  writeFileSync("/tmp/ho/result.json", JSON.stringify(out, null, 1));
  console.log(lines.join("\n"));
  expect(broken).toEqual([]);
}, 900_000);
