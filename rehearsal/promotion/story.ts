import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { MODEL } from "../models.ts";
import type { Story } from "./scene.ts";
import type { Person, Workplace } from "./shared.ts";

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
  await upToProd(story, workplace);
}

async function everybodyRunsTheSame(story: Story, { models }: Workplace): Promise<void> {
  const { version = "" } = models[MODEL] ?? {};
  for (const environment of ENVIRONMENTS) {
    const says = [new RegExp(`${MODEL}\\b.*\\b${version}\\b`)];
    await story.step(`${environment} runs ${MODEL} ${version}`, environment, `npx millrace release list --env ${environment}`, {
      says,
    });
    const adopt = `npx millrace promote adopt --to ${environment}`;
    await story.step("the ledger begins with what runs", environment, adopt);
  }
}

/** A version of the model, and one of the platform. */
export async function twoReleases(story: Story, workplace: Workplace): Promise<void> {
  const { repository, platform } = workplace;
  const version = nextOf(workplace);
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

/** People whom an environment asks before a version arrives there. */
const APPROVERS: Readonly<Record<EnvironmentName, readonly Person[]>> = { dev: [], staging: ["ben"], prod: ["ben", "cleo"] };

/** The new version goes from environment to environment under load; without approvals it does not. */
async function upToProd(story: Story, workplace: Workplace): Promise<void> {
  const { repository, shared } = workplace;
  const [version, release] = [nextOf(workplace), `${MODEL}@${nextOf(workplace)}`];
  for (const environment of ENVIRONMENTS) {
    const promote = `npx millrace promote ${release} --to ${environment} --yes`;
    const mark = { subject: MODEL, version };
    if (APPROVERS[environment].length > 0) {
      const refused = { exit: 11, within: 60 };
      await story.step(`nobody has approved it for ${environment}`, environment, promote, refused, {
        shows: { kind: "stopped", ...mark },
      });
    }
    for (const person of APPROVERS[environment]) {
      const approve = `npx millrace promote approve ${release} --to ${environment} --sign-key ${shared.keyOf(person)}`;
      await story.step(
        `${person} approves it for ${environment}`,
        environment,
        approve,
        {},
        {
          shows: { kind: "approved", ...mark },
        },
      );
    }
    await story.withUsers(environment, () =>
      story.step(
        `${MODEL} ${version} arrives in ${environment}`,
        environment,
        promote,
        {},
        {
          shows: { kind: "arrives", ...mark },
        },
      ),
    );
    repository.commit(`${environment} runs ${MODEL} ${version}`);
  }
}

const nextOf = ({ models }: Workplace): string => String(Number(models[MODEL]?.version) + 1);
