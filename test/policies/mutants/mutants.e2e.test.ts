import { beforeAll, expect, it } from "vitest";
import { KINDS } from "./index.ts";
import { type Judged, judgeOf } from "./judge.ts";
import type { StackMutant } from "./mutant.ts";
import { OPEN } from "./open.ts";

const ALL = Object.values(KINDS).flat();

let judge: (mutant: StackMutant) => Judged;

beforeAll(async () => {
  judge = await judgeOf();
});

it("has no two mutants of one name, and no open one without a mutant", () => {
  const names = ALL.map(({ what }) => what);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(
    Object.values(OPEN)
      .flat()
      .filter((name) => !names.includes(name)),
  ).toEqual([]);
});

it.each(Object.entries(KINDS))("accuses bad changes of %s at their resource, and no harmless one", (kind, mutants) => {
  // What is wrong, so that a failure names the mutants and what is said of them.
  const wrong = mutants.flatMap((mutant) => {
    const { accused, elsewhere } = judge(mutant);
    const said = [...accused, ...elsewhere];
    return (mutant.harmless ? said.length > 0 : accused.length === 0) ? [[mutant.what, ...said]] : [];
  });
  const open = OPEN[kind] ?? [];
  expect(wrong.filter(([what]) => !open.includes(what ?? ""))).toEqual([]);
  expect(open.filter((what) => !wrong.some(([wrongly]) => wrongly === what))).toEqual([]);
});
