import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MODEL } from "../../models.ts";
import type { Story } from "../scene.ts";
import type { Workplace } from "../shared.ts";
import { mark } from "./model.ts";

/**
 * Two versions that were stable in prod take turns: each rollback is timed, to its end and to the last answer of the version that goes. What a
 * rollback has taken away comes back only by its name.
 */
export async function rolledBack(story: Story, [running, before]: readonly [string, string], runs: number): Promise<void> {
  let [from, to] = [running, before];
  for (let run = 1; run <= runs; run++) {
    const named = run === 1 ? [] : ["--to", to];
    await story.withUsers("prod", () =>
      story.step(
        `prod goes back from ${MODEL} ${from} to ${to} (${run} of ${runs})`,
        "prod",
        ["npx", "millrace", "rollback", MODEL, "--env", "prod", ...named, "--reason", "chargebacks doubled", "--yes"],
        { says: [new RegExp(`${MODEL} ${to} is stable`)] },
        { ...mark("back", to), measures: "rollback", ends: from },
      ),
    );
    [from, to] = [to, from];
  }
}

/** Never to a version that measurements threw out, and never to one that prod did not have. */
export async function refusedBack(story: Story, version: string): Promise<void> {
  await story.step(
    `prod does not go back to what it never had`,
    "prod",
    ["npx", "millrace", "rollback", MODEL, "--env", "prod", "--to", version, "--reason", "try", "--yes"],
    { exit: 2, says: [/must be a release that was stable in prod/] },
  );
}

/** The ledger answers who and when, and one byte that somebody changes is found. */
export async function audited(story: Story, workplace: Workplace, version: string): Promise<void> {
  await story.step(`who put ${MODEL} ${version} into prod`, "prod", `npx millrace audit who ${MODEL}@${version} --env prod`, {
    says: [/ben/, /cleo/],
  });
  await story.step(
    "what runs in prod today",
    "prod",
    `npx millrace audit at ${new Date().toISOString().slice(0, 10)} --env prod`,
    {
      says: [new RegExp(`${MODEL}`)],
    },
  );
  await story.step("the ledger is as it was written", "prod", "npx millrace audit verify");
  await story.step("the states are those that the ledger names", "prod", "npx millrace state verify prod");
  await story.step("nobody has changed prod past the command", "prod", "npx millrace drift prod");
  const folder = join(workplace.shared.ledger, "prod");
  const file = join(folder, readdirSync(folder).sort().at(1)!);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("prod", "prof"));
  await story.step("somebody changes one letter of it: it is found", "prod", "npx millrace audit verify", {
    exit: 1,
    says: [/prod/],
  });
  writeFileSync(file, text);
  await story.step("it is put back", "prod", "npx millrace audit verify");
}
