// What gates ask of the plan and of the account of an environment. The plan is asked through the command of the program that is to run,
// which may be that of another commit.

import { join } from "node:path";
import * as z from "zod";
import { configFile } from "#stacks/inputs/config-file";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { jsonOf } from "#stacks/inputs/json-fault";
import { trackingDatabaseOf } from "#stacks/names";
import { type Ask, awsIn, lacksCredentials } from "#toolchain/aws-cli";
import { run } from "#toolchain/command";

const dollars = z.number().nonnegative();

const plan = z.object({
  cost: z.object({ atRest: dollars, ceiling: dollars }),
  capacity: z.object({ refusals: z.array(z.string()) }),
});

/** US dollars a month. */
export interface Cost {
  /** With the nodes that the workloads need while nobody uses them. */
  atRest: number;
  /** Node pools at their limit: the most that can be spent on nodes. */
  ceiling: number;
}

/** What a program and releases would be in an environment. */
export interface PlannedEnvironment {
  /** Pods that do not fit on the nodes, one line each. */
  misfits: readonly string[];
  cost: Cost;
}

/** What `millrace plan` ends with when it has planned: 5 and 6 are policy rules, which the previews of a promotion judge; 7 is a misfit. */
const PLANNED = [0, 5, 6, 7];

/**
 * Plans an environment with a program and releases.
 *
 * @param tree folder with the program.
 * @param releases folder with the releases that it reads.
 * @throws {Error} in one sentence when it cannot be planned.
 */
export async function planIn(tree: string, environment: EnvironmentName, releases: string): Promise<PlannedEnvironment> {
  const { capacity, cost } = await answered(plan, PLANNED, tree, ["plan", environment, "--json"], releases);
  return { misfits: capacity.refusals, cost };
}

const doctor = z.object({
  environment: z.string(),
  fits: z.boolean(),
  // Without a single question, nothing is known.
  findings: z.array(z.object({ what: z.string(), state: z.string(), found: z.string(), remedy: z.string().optional() })).min(1),
});

/**
 * Asks the account of an environment whether the environment fits, with the largest that it may grow to.
 *
 * @returns what the account lacks or did not say, one line each with its remedy.
 * @throws {Error} in one sentence when the account cannot be asked.
 */
export async function quotasIn(tree: string, environment: EnvironmentName, releases: string): Promise<string[]> {
  const command = ["doctor", "--aws", environment, "--json"];
  const { findings, fits, environment: of } = await answered(doctor, [0, 1], tree, command, releases);
  const lacking = findings.filter(({ state }) => state !== "ok");
  if (of !== environment || fits !== (lacking.length === 0)) {
    throw new Error(
      `${inWords(command)} must say whether ${environment} fits, got findings of ${of} that contradict its verdict`,
    );
  }
  return lacking.map(
    ({ what, found, state, remedy }) =>
      `${what}: ${state === "unknown" ? `unknown (${found})` : found}${remedy === undefined ? "" : `; ${remedy}`}`,
  );
}

const inWords = (command: readonly string[]): string => `npx millrace ${command.join(" ")}`;

/** A plan takes seconds, an account some questions of up to a minute. */
const MINUTES = 10;

/** What the program in a folder prints as JSON. */
async function answered<T>(
  form: z.ZodType<T>,
  codes: readonly number[],
  tree: string,
  command: readonly string[],
  releases: string,
): Promise<T> {
  const { code, stdout, stderr } = await run(process.execPath, [join("cli", "millrace.mjs"), ...command], {
    cwd: tree,
    env: { ...process.env, MILLRACE_RELEASES: releases, NO_COLOR: "1" },
    timeout: MINUTES * 60_000,
  });
  const said = oneLine(stderr) || (code === -1 ? `no answer in ${MINUTES} minutes` : "nothing");
  // What says no to a question by its exit code may also say that it could not ask: then it prints no answer.
  if (!codes.includes(code) || stdout.trim() === "") {
    throw new Error(`${inWords(command)} ended with ${code} and said: ${said}`);
  }
  const read = form.safeParse(parsed(stdout));
  if (!read.success) {
    const at = read.error.issues[0]?.path.join(".") ?? "";
    throw new Error(
      `${inWords(command)} must print ${at === "" ? "an object" : `'${at}'`} as this program knows it: its program is another one`,
    );
  }
  return read.data;
}

/** What a program has said, in one line. Of a trace, the error: where it was thrown helps nobody here. */
function oneLine(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const thrown = lines.some((line) => line.startsWith("at ")) && lines.find((line) => /^\w*Error\b.*: /.test(line));
  return thrown || lines.join("; ");
}

function parsed(text: string): unknown {
  try {
    return jsonOf(text);
  } catch {
    return undefined;
  }
}

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const caller = z.object({ Account: z.string() });
const instances = z.object({
  DBInstances: z.tuple([z.object({ DbiResourceId: z.string().min(1), LatestRestorableTime: time.optional() })]),
});
const snapshots = z.object({
  DBSnapshots: z.array(
    z.object({ Status: z.string(), SnapshotCreateTime: time.optional(), OriginalSnapshotCreateTime: time.optional() }),
  ),
});

/**
 * The time to which the tracking database of an environment can be brought back: the later one of the latest time to which RDS can restore
 * it, and of its newest snapshot.
 *
 * Restoring to a time counts, because it is what a person would do: it loses what was written after that time, as a snapshot does. The
 * time of the nightly snapshot alone would call a database old that loses five minutes. Of snapshots, those of this very database count,
 * and not those of an earlier one of its name; of a copy, when its original was made.
 *
 * @returns `undefined` where there is no database, or nothing to bring it back from.
 * @throws {Error} in one sentence when the account does not say, or is another one than the environment's.
 */
export async function backupOf(
  environment: EnvironmentName,
  askIn: (region: string) => Promise<Ask> = awsIn,
): Promise<Date | undefined> {
  const file = FILES.config("foundation", environment);
  const { "millrace:account": own, "millrace:region": region } = configFile(file);
  const database = trackingDatabaseOf(environment);
  const ask = await askIn(String(region));
  const asked = <T>(form: z.ZodType<T>, ...words: string[]) => askFor(form, ask, `the backups of ${database}`, words);
  // In another account there is no such database, which would be taken for one that is not yet made.
  const account = (await asked(caller, "sts", "get-caller-identity"))?.Account;
  if (account !== own) {
    throw new Error(
      `the backups of ${database} must be asked for with credentials of account ${String(own)} (${file}), got '${account}': set AWS_PROFILE`,
    );
  }
  const found = await asked(instances, "rds", "describe-db-instances", "--db-instance-identifier", database);
  if (found === undefined) {
    return undefined;
  }
  const [{ DbiResourceId: id, LatestRestorableTime: restorable }] = found.DBInstances;
  const { DBSnapshots = [] } = (await asked(snapshots, "rds", "describe-db-snapshots", "--dbi-resource-id", id)) ?? {};
  const taken = DBSnapshots.filter(({ Status }) => Status === "available");
  const times = [restorable, ...taken.map((each) => each.OriginalSnapshotCreateTime ?? each.SnapshotCreateTime)];
  return times.filter((each) => each !== undefined).sort((one, other) => other.getTime() - one.getTime())[0];
}

/** What AWS answers; `undefined` where there is nothing of that name. @throws {Error} in one sentence when it does not answer. */
async function askFor<T>(form: z.ZodType<T>, ask: Ask, what: string, words: readonly string[]): Promise<T | undefined> {
  const { value, refused } = await ask(...words);
  if (refused?.code === "DBInstanceNotFound") {
    return undefined;
  }
  if (refused !== undefined) {
    throw new Error(
      lacksCredentials(refused)
        ? `${what} are unknown, because there are no AWS credentials that work: sign in with aws sso login, or set AWS_PROFILE`
        : `${what} are unknown, because AWS refused 'aws ${words.slice(0, 2).join(" ")}': ${refused.said}`,
    );
  }
  const read = form.safeParse(value);
  if (!read.success) {
    throw new Error(
      `${what} are unknown, because 'aws ${words.slice(0, 2).join(" ")}' answered without '${read.error.issues[0]?.path.join(".")}' as AWS documents it`,
    );
  }
  return read.data;
}
