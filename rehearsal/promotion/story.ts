import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { MODEL } from "../models.ts";
import type { Story } from "./scene.ts";
import type { Workplace } from "./shared.ts";

/** Change of the program that a second platform release brings: everybody sees it, and nothing is replaced. */
const CHANGE = {
  file: "components/monitoring/dashboards/model.ts",
  before: `title: "Requests",`,
  after: `title: "Requests a second",`,
} as const;

/** What is told of a promotion, scene by scene: each a function, in the order in which they happen. */
export async function tell(story: Story, workplace: Workplace): Promise<void> {
  await everybodyRunsTheSame(story, workplace);
  await twoReleases(story, workplace);
}

async function everybodyRunsTheSame(story: Story, { models }: Workplace): Promise<void> {
  const { version = "" } = models[MODEL] ?? {};
  for (const environment of ENVIRONMENTS) {
    await story.withUsers(environment, async () => {
      const says = [new RegExp(`${MODEL}\\b.*\\b${version}\\b`)];
      await story.step(`${environment} runs ${MODEL} ${version}`, environment, `npx millrace release list --env ${environment}`, {
        says,
      });
    });
  }
}

/** A version of the model, and one of the platform. */
export async function twoReleases(story: Story, workplace: Workplace): Promise<void> {
  const { repository, models, platform } = workplace;
  const version = String(Number(models[MODEL]?.version) + 1);
  const model = ["npx", "millrace", ...workplace.modelRelease(MODEL, version, { test: { auc: 0.931 } })];
  await story.step(
    `${MODEL} ${version} is released`,
    "repository",
    model,
    {},
    { shows: { kind: "made", subject: MODEL, version } },
  );
  repository.commit(`${MODEL} ${version}`);
  repository.edit(CHANGE.file, CHANGE.before, CHANGE.after);
  repository.commit("Dashboards say what a request is counted by");
  const id = platform.replace(/\d+$/, (number) => String(Number(number) + 1));
  const program = ["npx", "millrace", ...workplace.platformRelease(id)];
  await story.step(
    `the changed program is released as platform ${id}`,
    "repository",
    program,
    {},
    { shows: { kind: "made", subject: "platform", version: id } },
  );
  repository.commit(`platform ${id}`);
  await story.step("every release is as it must be", "repository", "npx millrace release verify");
}
