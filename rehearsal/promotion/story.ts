import { join } from "node:path";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { MODEL } from "../models.ts";
import type { Story } from "./scene.ts";
import { everyGateOnce, poorVersions } from "./scenes/gates.ts";
import { adopted, approved, mark, promoted, released, thrownOut } from "./scenes/model.ts";
import { platformPromoted } from "./scenes/platform.ts";
import { movedState, twoAtOnce } from "./scenes/races.ts";
import { audited, refusedBack, rolledBack } from "./scenes/rollback.ts";
import type { Workplace } from "./shared.ts";

/** What is told of a promotion, scene by scene, in the order in which they happen. */
export async function tell(
  story: Story,
  workplace: Workplace,
  { folderOf, rollbacks }: { folderOf: (environment: EnvironmentName) => string; rollbacks: number },
): Promise<void> {
  const { repository } = workplace;
  const before = workplace.models[MODEL]!.version;
  const version = String(Number(before) + 1);
  await adopted(story);
  await released(story, workplace, version, 0.931);
  await promoted(story, "dev", version, `${MODEL}@${version}`);
  repository.commit(`dev runs ${MODEL} ${version}`);
  await thrownOut(story, workplace, String(Number(before) + 2));

  await story.step(
    "nobody has approved it for staging",
    "staging",
    `npx millrace promote plan ${MODEL} --to staging`,
    { exit: 11, says: [/not met: approvals(?!,)/], within: 60 },
    mark("stopped", version),
  );
  await story.step("what the pull request shows", "staging", `node ${join(repository.folder, "ci/promote-plan.ts")} staging`);
  await approved(story, workplace, { person: "ben", what: `${MODEL}@${version}`, environment: "staging" });
  await poorVersions(story, workplace);
  await everyGateOnce(story, workplace, version, folderOf("staging"));
  await movedState(story, version);
  await twoAtOnce(story, workplace, version);
  repository.commit(`staging runs ${MODEL} ${version}`);

  await approved(story, workplace, { person: "ben", what: `${MODEL}@${version}`, environment: "prod" });
  await story.step(
    "prod asks for two people",
    "prod",
    `npx millrace promote plan ${MODEL} --to prod`,
    { exit: 11, says: [/✗ approvals .*1 of 2/], within: 60 },
    mark("stopped", version),
  );
  await approved(story, workplace, { person: "cleo", what: `${MODEL}@${version}`, environment: "prod" });
  await promoted(story, "prod", version, MODEL);
  repository.commit(`prod runs ${MODEL} ${version}`);

  await refusedBack(story, String(Number(before) + 2));
  await rolledBack(story, [version, before], rollbacks);
  await platformPromoted(story, workplace, folderOf);
  await story.step("what runs where", "repository", "npx millrace promote status");
  await audited(story, workplace, version);
}
