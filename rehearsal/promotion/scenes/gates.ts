import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { QUOTAS } from "#plan/account/quotas";
import { profiles } from "#stacks/inputs/environments/index";
import { CHANGES, type Changes } from "../../account/changes.ts";
import { MODEL } from "../../models.ts";
import type { Story } from "../scene.ts";
import type { Workplace } from "../shared.ts";
import { mark, released } from "./model.ts";

/** A gate that stops a promotion, how it comes to that, and what undoes it. */
interface Stop {
  gate: string;
  title: string;
  exit: number;
  /** What is promoted. @default - the version that could go */
  what?: string;
  /** Makes the gate fail; what it returns mends it. */
  cause?: () => Promise<() => Promise<unknown>>;
  variables?: Record<string, string>;
  /** Whether others may fail beside it. @default false */
  together?: boolean;
}

const plan = (what: string): string => `npx millrace promote plan ${what} --to staging`;

/**
 * Every gate that a model meets fails once, alone where that can be, with its sentence and exit code. A version that could go is planned for
 * staging before and after.
 *
 * @param version one that has been stable in dev, and is approved for staging.
 */
export async function everyGateOnce(story: Story, workplace: Workplace, version: string, folder: string): Promise<void> {
  const fine = () =>
    story.step(`${MODEL} ${version} may go to staging`, "staging", plan(MODEL), { says: [/every gate has passed/] });
  await fine();
  for (const { gate, title, exit, what = MODEL, cause, variables = {}, together = false } of stops(story, workplace, folder)) {
    const mend = await cause?.();
    const alone = together ? [] : [new RegExp(`not met: ${gate}(?!,)`)];
    await story.step(
      title,
      "staging",
      plan(what),
      { exit, says: [new RegExp(`✗ ${gate}\\b`), ...alone] },
      { variables, ...mark("stopped", version) },
    );
    await mend?.();
  }
  await fine();
}

/** Versions that no gate lets through: one is too bad, and one is not signed. */
export async function poorVersions(story: Story, workplace: Workplace): Promise<void> {
  await released(story, workplace, "6", 0.8);
  const unsigned = workplace.modelRelease(MODEL, "7").filter((word, at, all) => ![word, all[at - 1]].includes("--sign-key"));
  await story.step(`somebody releases ${MODEL} 7 and does not sign it`, "repository", ["npx", "millrace", ...unsigned]);
  workplace.repository.commit(`${MODEL} 7`);
}

function stops(story: Story, workplace: Workplace, folder: string): readonly Stop[] {
  const inStaging = (title: string, command: string | string[]) => story.step(title, "staging", command);
  const hpa = (minimum: number) => [
    "kubectl",
    "-n",
    "models-risk",
    "patch",
    "hpa",
    MODEL,
    "--type=merge",
    "-p",
    `{"spec":{"minReplicas":${minimum}}}`,
  ];
  const account = (changes: Partial<Changes>): (() => Promise<void>) => {
    const file = join(folder, CHANGES);
    writeFileSync(file, JSON.stringify(changes));
    return async () => rmSync(file);
  };
  return [
    {
      gate: "hold",
      title: "a person has put the model on hold",
      exit: 10,
      cause: async () => {
        await inStaging("an incident: the model is held", [
          "npx",
          "millrace",
          "hold",
          MODEL,
          "--env",
          "staging",
          "--reason",
          "incident 4711",
        ]);
        return () => inStaging("it is over", ["npx", "millrace", "resume", MODEL, "--env", "staging", "--reason", "closed"]);
      },
    },
    {
      gate: "soak",
      title: "it must have run an hour in dev",
      exit: 10,
      variables: { MILLRACE_PROMOTION_PACE: '{"soakHours":1,"window":"always"}' },
    },
    { gate: "evaluation", title: "another version has too low an AUC", exit: 10, what: `${MODEL}@6`, together: true },
    {
      gate: "policies",
      title: "a mandatory rule is violated: the old version goes too soon",
      exit: 5,
      variables: { MILLRACE_POLICY_CONFIG: join(PROJECT_FOLDER, "policies", "env", "staging.json") },
    },
    {
      gate: "drift",
      title: "somebody has changed an autoscaler by hand",
      exit: 7,
      cause: async () => {
        await inStaging("somebody changes the autoscaler", hpa(1));
        return () => inStaging("it is undone", hpa(profiles.staging.serving.minReplicas));
      },
    },
    {
      gate: "quotas",
      title: "the account has too small a quota",
      exit: 10,
      cause: async () => account({ quotas: Object.fromEntries(Object.values(QUOTAS).map(({ code }) => [code, 1])) }),
    },
    {
      gate: "window",
      title: "nothing changes during a freeze",
      exit: 10,
      cause: async () => {
        const mend = workplace.freeze({
          environments: ["staging"],
          from: "2026-01-01T00:00:00Z",
          until: "2999-01-01T00:00:00Z",
          reason: "audit",
        });
        return async () => mend();
      },
    },
    { gate: "signature", title: "nobody has signed a third version", exit: 10, what: `${MODEL}@7`, together: true },
  ];
}
