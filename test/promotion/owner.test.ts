import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import type { Owner } from "#promotion/ledger/record";
import { owner as schema } from "#promotion/ledger/record";
import { isGone, ownerHere } from "#promotion/owner";
import { machineHere, startOf } from "#toolchain/machine";

const GITHUB = {
  GITHUB_ACTIONS: "true",
  GITHUB_ACTOR: "ada",
  GITHUB_SERVER_URL: "https://github.example",
  GITHUB_API_URL: "https://github.example/api/v3",
  GITHUB_REPOSITORY: "example/millrace",
  GITHUB_RUN_ID: "42",
  GITHUB_RUN_ATTEMPT: "2",
  GITHUB_TOKEN: "t0ken",
};
const GITLAB = {
  GITLAB_CI: "true",
  GITLAB_USER_LOGIN: "bob",
  CI_JOB_URL: "https://gitlab.example/team/sub/millrace/-/jobs/7",
  CI_API_V4_URL: "https://gitlab.example/api/v4",
  CI_JOB_TOKEN: "j0b",
};
const JENKINS = {
  JENKINS_URL: "https://ci.example/",
  BUILD_URL: "https://ci.example/job/promote/9/",
  JOB_NAME: "promote",
  BUILD_NUMBER: "9",
};

/** An API that answers so; `asked` has what it was asked. */
function api(status: number, body: unknown) {
  const asked: { url: string; headers: Record<string, string> }[] = [];
  const fetch = (async (url: string, { headers }: { headers: Record<string, string> }) => {
    asked.push({ url, headers });
    return new Response(JSON.stringify(body), { status });
  }) as unknown as typeof globalThis.fetch;
  return { asked, fetch };
}

const unasked = (async () => {
  throw new Error("nobody may be asked");
}) as unknown as typeof globalThis.fetch;

it("names the person, or the job with its actor, and this process", () => {
  const own = ownerHere({});
  expect(schema.parse(own)).toEqual(own);
  expect(own).toMatchObject({ pid: process.pid, started: startOf(process.pid) });
  expect(own.job).toBeUndefined();
  expect(ownerHere(GITHUB)).toMatchObject({
    who: "ada",
    job: "https://github.example/example/millrace/actions/runs/42/attempts/2",
  });
  expect(ownerHere(GITLAB)).toMatchObject({ who: "bob", job: GITLAB.CI_JOB_URL });
  expect(ownerHere({ ...JENKINS, BUILD_USER: "Cy" })).toMatchObject({ who: "Cy", job: JENKINS.BUILD_URL });
  expect(ownerHere(JENKINS)).toMatchObject({ who: "job promote 9" });
});

it("a process that runs is there, one that has ended is gone, and its number is not enough", async () => {
  expect(await isGone(ownerHere({}), { fetch: unasked })).toEqual({ gone: false, why: "It is this process." });
  const child = spawn("sleep", ["60"]);
  const { host } = machineHere();
  const owner: Owner = { ...ownerHere({}), pid: child.pid!, started: startOf(child.pid!)! };
  expect(await isGone(owner)).toEqual({ gone: false, why: `Process ${child.pid} still runs on ${host}.` });
  // Somebody else with the same number.
  expect(await isGone({ ...owner, started: "1" })).toEqual({ gone: true, why: `Process ${child.pid} of ${host} has ended.` });
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await isGone(owner)).toEqual({ gone: true, why: `Process ${child.pid} of ${host} has ended.` });
});

const HERE = { host: "h", machine: "m", boot: "b2", namespace: "pid:[4026531836]" };
const THERE: Owner = { who: "Ada", ...HERE, pid: 2 ** 22 + 5, started: "1" };
const LOOK = `Process ${THERE.pid} on h cannot be seen from here: look on h whether it still runs.`;

it.each<[what: string, owner: Partial<Owner>, here: Partial<typeof HERE>, gone: boolean, why: string]>([
  ["the same start of the machine", {}, {}, true, `Process ${THERE.pid} of h has ended.`],
  ["an earlier start of the machine", { boot: "b1" }, {}, true, "h has been started again since, and no process outlives that."],
  ["another machine of that name", { boot: "b1" }, { machine: "n" }, false, LOOK],
  ["a machine without an id", { boot: "b1", machine: undefined as never }, { machine: undefined as never }, false, LOOK],
  ["a container of that name that may be elsewhere", { boot: "b1" }, { namespace: "pid:[4026532000]" }, false, LOOK],
  [
    "another container of the machine",
    { namespace: "pid:[4026532000]" },
    {},
    false,
    `Process ${THERE.pid} on h, in a container (pid:[4026532000]), cannot be seen from here: look on h whether it still runs.`,
  ],
  [
    "another host",
    { host: "other" },
    {},
    false,
    `Process ${THERE.pid} on other cannot be seen from here: look on other whether it still runs.`,
  ],
  ["a system that tells no start", { boot: "unknown" }, {}, false, LOOK],
  ["a process whose start nobody knows", { started: "unknown" }, {}, false, LOOK],
])("an owner of %s", async (_, owner, here, gone, why) => {
  expect(await isGone({ ...THERE, ...owner }, { here: { ...HERE, ...here }, fetch: unasked })).toEqual({ gone, why });
});

const ofJob = (env: NodeJS.ProcessEnv): Owner => ({ ...ownerHere(env), host: "runner", boot: "b" });

it("a job is gone when its CI system says that it is over, and nothing else is proof", async () => {
  const job = ofJob(GITHUB);
  const over = api(200, { status: "completed" });
  expect(await isGone(job, { env: GITHUB, fetch: over.fetch })).toEqual({
    gone: true,
    why: `GitHub says that it is 'completed': ${job.job}.`,
  });
  expect(over.asked).toEqual([
    {
      url: "https://github.example/api/v3/repos/example/millrace/actions/runs/42/attempts/2",
      headers: { accept: "application/vnd.github+json", authorization: "Bearer t0ken" },
    },
  ]);
  expect((await isGone(job, { env: GITHUB, fetch: api(200, { status: "in_progress" }).fetch })).gone).toBe(false);
  for (const answer of [
    api(404, { status: "404" }),
    api(500, { status: "completed" }),
    api(200, null),
    api(200, { status: 1 }),
    { fetch: unasked },
  ]) {
    const { gone, why } = await isGone(job, { env: GITHUB, fetch: answer.fetch });
    expect(gone).toBe(false);
    expect(why).toMatch(/^Nothing proves that the job is over \(GitHub .*\): look at https:\/\/github\.example\/.*\.$/);
  }
});

it("a job of GitLab is asked for with the token that there is", async () => {
  const job = ofJob(GITLAB);
  const asked = api(200, { status: "canceled" });
  expect((await isGone(job, { env: GITLAB, fetch: asked.fetch })).gone).toBe(true);
  expect((await isGone(job, { env: { ...GITLAB, GITLAB_TOKEN: "p" }, fetch: asked.fetch })).gone).toBe(true);
  expect(asked.asked).toEqual([
    { url: "https://gitlab.example/api/v4/projects/team%2Fsub%2Fmillrace/jobs/7", headers: { "job-token": "j0b" } },
    { url: "https://gitlab.example/api/v4/projects/team%2Fsub%2Fmillrace/jobs/7", headers: { "private-token": "p" } },
  ]);
  expect((await isGone(job, { env: GITLAB, fetch: api(200, { status: "running" }).fetch })).gone).toBe(false);
  expect((await isGone(job, { env: GITLAB, fetch: api(200, { status: "canceling" }).fetch })).gone).toBe(false);
});

it.each([
  "https://evil.example/example/millrace/actions/runs/42",
  "https://github.example.evil/example/millrace/actions/runs/42",
  "https://github.example/../x/actions/runs/42",
  "https://github.example/example/millrace/actions/runs/42/../../secrets",
  "https://gitlab.evil/team/millrace/-/jobs/7",
  "http://github.example/example/millrace/actions/runs/42",
  "not an address",
])("nobody is asked about %s", async (address) => {
  const { fetch, asked } = api(200, { status: "completed" });
  const { gone } = await isGone({ ...ofJob(GITHUB), job: address }, { env: { ...GITHUB, ...GITLAB }, fetch });
  expect({ gone, asked }).toEqual({ gone: false, asked: [] });
});

it("a job without an answer is gone after the longest session with AWS; one that runs is not, nor is a person", async () => {
  const times = { since: "2026-11-20T09:00:00Z", now: new Date("2026-11-20T21:30:00Z") };
  const job = ofJob(JENKINS);
  expect(await isGone(job, { ...times, env: JENKINS, fetch: unasked })).toEqual({
    gone: true,
    why: "The job began 12 h ago, and no session with AWS lasts more than 12 h.",
  });
  expect((await isGone(job, { ...times, now: new Date("2026-11-20T20:59:00Z"), env: JENKINS, fetch: unasked })).gone).toBe(false);
  expect((await isGone(job, { env: JENKINS, fetch: unasked })).gone).toBe(false);
  expect((await isGone(ofJob(GITHUB), { ...times, env: GITHUB, fetch: api(200, { status: "in_progress" }).fetch })).gone).toBe(
    false,
  );
  expect((await isGone({ ...THERE, host: "other" }, { ...times, fetch: unasked })).gone).toBe(false);
});
