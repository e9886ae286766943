import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { CHANGES } from "../../account/changes.ts";
import type { Story } from "../scene.ts";
import type { Workplace } from "../shared.ts";
import { approved, mark } from "./model.ts";

/** A change of the program: a text that stands in a file once. */
interface Edit {
  file: string;
  before: string;
  after: string;
}

/** Everybody sees it, and nothing stops for it. */
export const HARMLESS: Edit = {
  file: "components/monitoring/dashboards/model.ts",
  before: `title: "Requests",`,
  after: `title: "Requests a second",`,
};

/** The bucket would be another one. */
const LOSES_DATA: Edit = { file: "stacks/foundation/stores.ts", before: `store("artifacts", {`, after: `store("artifacts-2", {` };

/** Nothing fits any more. */
const TOO_SMALL: Edit = { file: "stacks/inputs/environments/staging.ts", before: "maxCpus: 20,", after: "maxCpus: 4," };

/** The program with a change is released, and taken back in the repository where it is not to stay. */
export async function programReleased(story: Story, workplace: Workplace, id: string, edit: Edit, keep: boolean): Promise<void> {
  const { repository } = workplace;
  repository.edit(edit.file, edit.before, edit.after);
  repository.commit(`Change ${edit.file}`);
  const words = ["npx", "millrace", ...workplace.platformRelease(id)];
  await story.step(`the changed program is released as platform ${id}`, "repository", words, {}, mark("made", id, "platform"));
  if (!keep) {
    repository.edit(edit.file, edit.after, edit.before);
  }
  repository.commit(`platform ${id}`);
}

/** A program that would lose data, and one whose pods do not fit, are stopped; a third goes through all three environments. */
export async function platformPromoted(
  story: Story,
  workplace: Workplace,
  folderOf: (environment: EnvironmentName) => string,
): Promise<void> {
  const id = (number: number): string => workplace.platform.replace(/\d+$/, (first) => String(Number(first) + number));
  await programReleased(story, workplace, id(1), LOSES_DATA, false);
  await story.step(
    "a bucket would be replaced: nothing is done",
    "dev",
    `npx millrace promote plan platform@${id(1)} --to dev`,
    { exit: 10, says: [/✗ stateful .*artifacts would be deleted/] },
    mark("stopped", id(1), "platform"),
  );
  await programReleased(story, workplace, id(2), TOO_SMALL, false);
  await story.step(
    "pods would not fit: nothing is done",
    "staging",
    `npx millrace promote plan platform@${id(2)} --to staging`,
    { exit: 10, says: [/✗ capacity/] },
    mark("stopped", id(2), "platform"),
  );
  const good = id(3);
  await programReleased(story, workplace, good, HARMLESS, true);
  const promote = (environment: EnvironmentName, what = "platform") =>
    story.step(
      `platform ${good} goes to ${environment}`,
      environment,
      `npx millrace promote ${what} --to ${environment} --yes`,
      { says: [/foundation, platform, workloads up/] },
      mark("arrives", good, "platform"),
    );
  await promote("dev", `platform@${good}`);
  workplace.repository.commit(`dev runs platform ${good}`);
  await approved(story, workplace, { person: "ben", what: `platform@${good}`, environment: "staging" });
  await killedAndGoneOn(story, good);
  workplace.repository.commit(`staging runs platform ${good}`);
  for (const person of ["ben", "cleo"] as const) {
    await approved(story, workplace, { person, what: `platform@${good}`, environment: "prod" });
  }
  const file = join(folderOf("prod"), CHANGES);
  writeFileSync(file, JSON.stringify({ restorable: "2026-01-01T00:00:00Z" }));
  await story.step(
    "the database of prod has no fresh backup",
    "prod",
    "npx millrace promote plan platform --to prod",
    { exit: 10, says: [/not met: backup(?!,)/], within: 120 },
    mark("stopped", good, "platform"),
  );
  writeFileSync(file, "{}");
  await promote("prod");
  workplace.repository.commit(`prod runs platform ${good}`);
}

/** The promotion is killed in its middle; the same command goes on, and nothing is left to change. */
async function killedAndGoneOn(story: Story, id: string): Promise<void> {
  await story.step("it is planned for staging", "staging", "npx millrace promote plan platform --to staging", {
    says: [/every gate has passed/],
    // It has to run in dev for some time first.
    within: 120,
  });
  const apply = "npx millrace promote apply --to staging --yes";
  await story.step(
    "it is applied, and its process is killed",
    "staging",
    apply,
    { exit: 137 },
    { kill: /platform-staging \d+ / },
  );
  await story.step(
    "the same command goes on",
    "staging",
    apply,
    { says: [/foundation, platform, workloads up/] },
    mark("arrives", id, "platform"),
  );
  for (const layer of ["foundation", "platform", "workloads"]) {
    await story.step(`${layer} of staging has nothing left to change`, "staging", [
      "bash",
      "-c",
      `pulumi preview -s ${layer}-staging --expect-no-changes`,
    ]);
  }
}
