import { MODEL } from "../../models.ts";
import { PACE } from "../../pace.ts";
import type { Story } from "../scene.ts";
import type { Workplace } from "../shared.ts";
import { mark } from "./model.ts";

/** Somebody brings the layer up past the command, between plan and apply. */
export async function movedState(story: Story, version: string): Promise<void> {
  const up = ["pulumi", "up", "-s", "workloads-staging", "--yes", "--skip-preview", "--non-interactive"];
  await story.step("it is planned for staging", "staging", `npx millrace promote plan ${MODEL} --to staging`, {
    says: [/every gate has passed/],
  });
  const other = { MILLRACE_PACE: JSON.stringify({ ...PACE, scaleDownDelaySeconds: 11 }) };
  await story.step("somebody brings staging up past the command", "staging", up, {}, { variables: other });
  await story.step(
    "the plan is of another state: nothing is done",
    "staging",
    "npx millrace promote apply --to staging --yes",
    { exit: 10, says: [/✗ unmoved/] },
    mark("stopped", version),
  );
  await story.step("it is brought up as it was", "staging", up);
  await story.step("the plan is still of another state", "staging", "npx millrace promote apply --to staging --yes", {
    exit: 12,
    says: [/✗ unmoved/],
  });
}

/** Two people apply at once: one of them promotes, and the other is told who does. */
export async function twoAtOnce(story: Story, workplace: Workplace, version: string): Promise<void> {
  await story.step("it is planned again", "staging", `npx millrace promote plan ${MODEL} --to staging`, {
    says: [/every gate has passed/],
  });
  const apply = `"$NODE" ${workplace.shared.cli} promote apply --to staging --yes --no-follow; echo "ended with $?"`;
  await story.withUsers("staging", async () => {
    await story.step(
      "two people apply it at once: one is told who does",
      "staging",
      ["bash", "-c", `NODE=${process.execPath}; (${apply}) & (${apply}) & wait`],
      { says: [/ended with 0/, /ended with 14/, /staging is being changed by/] },
    );
    await story.step(
      `${MODEL} ${version} goes to staging, under load`,
      "staging",
      "npx millrace promote follow --to staging",
      { says: [new RegExp(`${MODEL} ${version} is stable`)] },
      { ...mark("arrives", version), measures: "promotion" },
    );
  });
}
