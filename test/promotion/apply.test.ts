import { expect, it } from "vitest";
import { applyPlan } from "#promotion/apply";
import { changeOf } from "#promotion/candidates";
import type { PromotionPlan } from "#promotion/plan";
import type { Target } from "#promotion/target";
import { asParent, modelReleaseOf, releasesFolder } from "../harness/releases.ts";
import { chain, promoted } from "./chain.ts";

const three = modelReleaseOf("fraud", "3");
const four = modelReleaseOf("fraud", "4", { parent: asParent(three) });
const releases = releasesFolder({ "models/fraud/3.json": three, "models/fraud/4.json": four });
const records = chain(promoted(1, changeOf("models/fraud", null, "3", releases), 0));

it.each([null, "4"])("a plan that takes %s for what runs is not applied: gates would compare with that", async (from) => {
  const asked: string[] = [];
  const ledger = { records: async () => records, appendAfter: async () => asked.push("written") };
  const target = { environment: "prod", releases, ledger } as unknown as Target;
  const plan = { changes: [changeOf("models/fraud", from, "4", releases)], states: {} } as unknown as PromotionPlan;
  await expect(applyPlan(target, plan, {} as never)).rejects.toThrow(
    `the plan must be of what runs in prod, '3' of models/fraud, got '${from ?? "nothing"}': plan again`,
  );
  expect(asked).toEqual([]);
});
