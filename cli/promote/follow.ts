import { follow, unjudged } from "#promotion/follow";
import { ownerHere } from "#promotion/owner";
import { answer, printJson } from "../say.ts";
import { textOf } from "./apply.ts";
import { EXIT_THROWN_OUT, failing } from "./failing.ts";
import { toldRegistry } from "./registry.ts";
import { workOn } from "./target.ts";

/** `promote follow`. */
export async function followReleases({ to, json = false }: { to: string; json?: boolean }): Promise<void> {
  const work = workOn(to, json);
  const { target, step } = work;
  const waiting = unjudged(await target.ledger.records(target.environment));
  if (waiting === undefined) {
    // The one before may have been stopped before it told the registry.
    await toldRegistry(work, json);
    answer(json, [], () => `no release is going on in ${to}`);
    return;
  }
  try {
    const judgements = await step(
      "release",
      () => follow(target, waiting.begin, ownerHere()),
      (all) => all.map(textOf).join(" · "),
    );
    process.exitCode = judgements.some(({ state }) => state === "thrown out") ? EXIT_THROWN_OUT : 0;
    await toldRegistry(work, json);
    if (json) {
      printJson(judgements);
    }
  } catch (error) {
    process.exitCode = failing(error, target.environment, json);
  }
}
