import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { MODEL } from "../../models.ts";
import type { Mark, Story } from "../scene.ts";
import { as, type Person, type Workplace } from "../shared.ts";

/** A mark of the model's own versions. */
export const mark = (kind: Mark["kind"], version: string, subject: string = MODEL): { shows: Mark } => ({
  shows: { kind, subject, version },
});

/** Each environment's ledger begins with what it runs. */
export async function adopted(story: Story): Promise<void> {
  for (const environment of ENVIRONMENTS) {
    await story.step(`the ledger of ${environment} begins`, environment, `npx millrace promote adopt --to ${environment}`, {
      says: [/says what .* runs/],
    });
  }
}

/** A person releases a version of the model. */
export async function released(story: Story, workplace: Workplace, version: string, auc: number): Promise<void> {
  const words = ["npx", "millrace", ...workplace.modelRelease(MODEL, version, { test: { auc } })];
  await story.step(`ada releases ${MODEL} ${version}`, "repository", words, {}, mark("made", version));
  workplace.repository.commit(`${MODEL} ${version}`);
}

/** Somebody signs that a version may go to an environment. */
export async function approved(
  story: Story,
  workplace: Workplace,
  { person, what, environment }: { person: Person; what: string; environment: EnvironmentName },
): Promise<void> {
  const [subject = "", version = ""] = what.split("@");
  await story.step(
    `${person} approves it for ${environment}`,
    "repository",
    `npx millrace promote approve ${what} --to ${environment} --sign-key ${workplace.shared.keyOf(person)}`,
    { says: [new RegExp(`${person} approves ${what}`)] },
    { variables: as(person), ...mark("approved", version, subject) },
  );
  workplace.repository.commit(`${person} approves ${what} for ${environment}`);
}

/** A version goes to an environment while users are there, and none of them meets an error. */
export async function promoted(story: Story, environment: EnvironmentName, version: string, what: string): Promise<void> {
  await story.withUsers(environment, () =>
    story.step(
      `${MODEL} ${version} goes to ${environment}, under load`,
      environment,
      `npx millrace promote ${what} --to ${environment} --yes`,
      { says: [new RegExp(`${MODEL} ${version} is stable`)] },
      { ...mark("arrives", version), measures: "promotion" },
    ),
  );
  const users = story.users.at(-1)!;
  if (users.failed > 0) {
    throw new Error(
      `no user of ${environment} may meet an error while ${MODEL} ${version} is promoted, ${users.failed} of ${users.total} did`,
    );
  }
}

/** A bad version meets users in dev, is thrown out there, and no gate lets it on. */
export async function thrownOut(story: Story, workplace: Workplace, version: string): Promise<void> {
  await released(story, workplace, version, 0.94);
  await story.withUsers("dev", () =>
    story.step(
      `${MODEL} ${version} fails in dev and is thrown out`,
      "dev",
      `npx millrace promote ${MODEL}@${version} --to dev --yes`,
      { exit: 13, says: [/thrown out/] },
      mark("thrown-out", version),
    ),
  );
  workplace.repository.commit("dev runs the version before");
  await story.step(
    `what dev has thrown out does not go on`,
    "staging",
    `npx millrace promote plan ${MODEL}@${version} --to staging`,
    { exit: 10, says: [/✗ soak .*thrown out of dev/] },
    mark("stopped", version),
  );
}
