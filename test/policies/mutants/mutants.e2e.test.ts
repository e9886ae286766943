import { beforeAll, describe, expect, it } from "vitest";
import { capacityOf } from "#plan/capacity/capacity";
import { type EnvironmentPlan, planEnvironment } from "#plan/environment";
import { changed } from "#scripts/checkov/prod";
import { REFUSED_BY_CAPACITY } from "./capacity.ts";
import { KINDS } from "./index.ts";
import { type Judged, judgeOf } from "./judge.ts";
import type { StackMutant } from "./mutant.ts";
import { OPEN } from "./open.ts";

const ALL = Object.values(KINDS).flat();

it("has no two mutants of one name, and names none that does not exist", () => {
  const names = ALL.map(({ what }) => what);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect([...Object.values(OPEN).flat(), ...REFUSED_BY_CAPACITY].filter((name) => !names.includes(name))).toEqual([]);
});

describe("the policy pack", () => {
  let judge: (mutant: StackMutant) => Judged;

  beforeAll(async () => {
    judge = await judgeOf();
  });

  it.each(Object.entries(KINDS))("accuses bad changes of %s at their resource, and no harmless one", (kind, mutants) => {
    const judged = mutants.filter(({ what }) => !REFUSED_BY_CAPACITY.includes(what));
    // What is said too, so that a failure shows it.
    const wrong = judged.flatMap((mutant) => {
      const { accused, elsewhere } = judge(mutant);
      const said = [...accused, ...elsewhere];
      return (mutant.harmless ? said.length > 0 : accused.length === 0) ? [[mutant.what, ...said]] : [];
    });
    const open = OPEN[kind] ?? [];
    expect(wrong.filter(([what]) => !open.includes(what ?? ""))).toEqual([]);
    expect(open.filter((what) => !wrong.some(([wrongly]) => wrongly === what))).toEqual([]);
  });
});

describe("the capacity of a plan", () => {
  let plan: EnvironmentPlan;

  beforeAll(async () => {
    plan = await planEnvironment("prod");
  });

  it.each(ALL.filter(({ what }) => REFUSED_BY_CAPACITY.includes(what)))("refuses $what", (mutant) => {
    const { layers, ...rest } = changed(plan, mutant);
    const resources = layers.map((layer) => ({ ...layer, resources: layer.registrations.filter(isResource) }));
    expect(capacityOf({ ...rest, layers: resources }).refusals).not.toEqual([]);
  });
});

const isResource = ({ custom, type }: { custom: boolean; type: string }): boolean => custom && !type.startsWith("pulumi:");
