import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { RETURNING_WORKFLOWS } from "#components/ci/ci-roles";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { read } from "../docs/pages.ts";
import { stackOf } from "../harness/stacks.ts";
import { gitlabJob } from "./job.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a file says.
const workflow = (name: string): any => parse(read(`.github/workflows/${name}.yml`));
const jobsOf = (name: string): Record<string, any> => workflow(name).jobs;
const PROMOTING = ["promote", "promote-environment", "follow", "rollback"];
const JOBS = PROMOTING.flatMap((file) => Object.entries(jobsOf(file)).map(([name, job]) => ({ file, name, job })));
const steps = (job: any): any[] => job.steps ?? [];
const runs = (job: any): string[] => steps(job).flatMap(({ run }) => (run === undefined ? [] : [run]));

describe("workflows of promotions", () => {
  it("use the same actions, in the same versions, as the others", () => {
    const files = readdirSync(".github/workflows").map((file) => file.replace(".yml", ""));
    const used = (names: readonly string[]): Set<string> =>
      new Set(
        names.flatMap((name) => Object.values(jobsOf(name)).flatMap((job) => steps(job).flatMap(({ uses }) => uses ?? []))),
      );
    const others = used(files.filter((name) => !PROMOTING.includes(name)));
    const own = [...used(PROMOTING)].filter((action) => !others.has(action));
    expect(own).toEqual(["actions/download-artifact@v5"]);
  });

  it("promote in the order of the environments, each after the one before, and one at a time", () => {
    const { jobs } = workflow("promote");
    const calls = Object.entries<any>(jobs).filter(([, { uses }]) => uses === "./.github/workflows/promote-environment.yml");
    expect(calls.map(([name, job]) => [name, job.with.environment])).toEqual(ENVIRONMENTS.map((name) => [name, name]));
    for (const [at, [name, { needs, if: condition }]] of calls.entries()) {
      expect([needs].flat()).toEqual(["changes", ...ENVIRONMENTS.slice(0, at)]);
      // A failure before it stops it; one that had nothing to do does not.
      expect(condition).toContain(`contains(needs.changes.outputs.environments, '"${name}"')`);
      expect(condition).toContain("github.event_name == 'push'");
      expect(at === 0 || (condition.includes("!failure()") && condition.includes("!cancelled()"))).toBe(true);
    }
    const { apply } = jobsOf("promote-environment");
    expect(apply.concurrency).toEqual({ group: "up-${{ inputs.environment }}", "cancel-in-progress": false, queue: "max" });
    expect(apply.concurrency).toEqual(workflow("up").concurrency);
    expect(apply.environment).toBe("${{ inputs.environment }}");
  });

  it("change an environment from the main branch alone, with the pointer that it has now", () => {
    const onMain = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)";
    expect(jobsOf("promote-environment")["apply"].if).toBe(onMain);
    expect(jobsOf("rollback")["rollback"].if).toBe(onMain);
    expect(jobsOf("follow")["follow"].if).toContain(`github.event_name != 'schedule' && ${onMain}`);
    const lines = runs(jobsOf("promote-environment")["apply"]);
    const check = lines.findIndex((line) => line === 'node ci/proposal.ts check "$ENVIRONMENT"');
    expect(check).toBeGreaterThan(-1);
    expect(check).toBeLessThan(lines.findIndex((line) => line.includes("promote apply")));
  });

  it("wait neither for a release nor for reviewers when something is taken back", () => {
    for (const file of RETURNING_WORKFLOWS.map((name) => name.replace(".yml", ""))) {
      const [job] = Object.values(jobsOf(file)).filter(({ environment }) => environment !== undefined);
      expect(job.environment).toMatch(/^\$\{\{ (inputs|matrix)\.environment \}\}-rollback$/);
      expect(job.concurrency.group).not.toMatch(/^up-/);
    }
    // The role trusts no other file in these environments.
    const elsewhere = JOBS.filter(
      ({ file, job }) => job.environment?.includes("-rollback") && !RETURNING_WORKFLOWS.includes(`${file}.yml`),
    );
    expect(elsewhere).toEqual([]);
  });

  it("give no job both a role and the right to write to the repository", () => {
    const called = JOBS.filter(({ job }) => job.uses === undefined);
    const both = called.filter(({ file, job }) => {
      const { contents, "id-token": identity } = job.permissions ?? workflow(file).permissions;
      return contents === "write" && (identity !== undefined || runs(job).some((line) => /npm|npx/.test(line)));
    });
    expect(both.map(({ name }) => name)).toEqual([]);
    expect(called.filter(({ job }) => job.permissions?.contents === "write").map(({ name }) => name)).toEqual([
      "propose",
      "propose",
    ]);
  });

  it("let every gate ask what it must: who approved, and whether another run is over", () => {
    const asking = JOBS.flatMap(({ file, job }) =>
      steps(job)
        .filter(({ run = "" }) => /promote-plan|millrace (promote|rollback)/.test(run))
        .map(({ env, run }) => ({ run, token: env?.GITHUB_TOKEN, permissions: job.permissions ?? workflow(file).permissions })),
    );
    expect(asking).toHaveLength(4);
    for (const { token, permissions } of asking) {
      expect(token).toBe("${{ github.token }}");
      expect(permissions).toMatchObject({ actions: "read" });
      expect(["read", "write"]).toContain(permissions["pull-requests"]);
    }
  });

  it("hand nothing that a person types to a shell as text", () => {
    const expressions = JOBS.flatMap(({ job }) => runs(job)).flatMap((line) =>
      [...line.matchAll(/\$\{\{\s*(.+?)\s*\}\}/g)].map(([, name]) => name!),
    );
    expect(expressions.filter((name) => !/^(matrix\.environment|vars[.[].*)$/.test(name))).toEqual([]);
    // Variables stand in quotes.
    const bare = JOBS.flatMap(({ job }) => runs(job)).filter((line) =>
      /(?<!["'=$\w{:+-])\$[A-Z]\w*/.test(line.replaceAll(/"[^"]*"/g, '""')),
    );
    expect(bare).toEqual([]);
  });

  it("have one check to require, which a review alone does not make pass", () => {
    const { gates } = jobsOf("promote");
    expect(gates.name).toBe("${{ github.event_name == 'pull_request_review' && 'gates after a review' || 'gates' }}");
    expect(gates.if).toContain("github.event_name == 'pull_request'");
    expect(workflow("promote").on).toHaveProperty("merge_group");
    expect(JSON.stringify(workflow("promote").on)).not.toContain("paths");
  });

  it.each(ENVIRONMENTS)("have names for which the runners of %s start", async (environment) => {
    const { resources } = await stackOf("foundation", environment);
    const hook = resources.find(({ type }) => type === "aws:codebuild/webhook:Webhook");
    const names = ["promote", "follow", "rollback", "preview", "up"].map((file) => workflow(file).name);
    const pattern =
      hook && (hook.inputs as any).filterGroups[0].filters.find(({ type }: any) => type === "WORKFLOW_NAME").pattern;
    expect(names.filter((name) => hook && !new RegExp(pattern).test(name))).toEqual([]);
  });

  it("end what they follow before the job ends, which ends before the session does", () => {
    const { follow } = jobsOf("follow");
    const [line] = runs(follow).filter((run) => run.includes("promote follow"));
    const [, minutes] = /^timeout .*? (\d+)m npx millrace promote follow/m.exec(line!)!;
    expect(Number(minutes) + 5).toBeLessThanOrEqual(follow["timeout-minutes"]);
    expect(workflow("follow").on).toMatchObject({ schedule: expect.anything(), workflow_dispatch: expect.anything() });
  });
});

describe("the pipeline of GitLab", () => {
  it("promotes in the order of the environments, each for its own pointer and one at a time", () => {
    for (const [at, environment] of ENVIRONMENTS.entries()) {
      const { needs, rules, ...job } = gitlabJob(`promote-${environment}`);
      const before = ENVIRONMENTS.slice(0, at).map((name) => ({ job: `promote-${name}`, optional: true }));
      expect(needs).toEqual(["check", ...before]);
      expect(rules!.map(({ changes }) => changes)).toEqual([[`releases/environments/${environment}.json`]]);
      expect(rules![0]!.if).toContain("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH");
      expect(job).toMatchObject({
        resource_group: gitlabJob("up").resource_group,
        environment: { name: "$ENVIRONMENT" },
        variables: { ENVIRONMENT: environment, ROLE: "$DEPLOY_ROLE" },
      });
      expect(gitlabJob(`promote-plan-${environment}`)).toMatchObject({
        environment: { name: "$ENVIRONMENT-plan", action: "verify" },
        rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"', changes: [`releases/environments/${environment}.json`] }],
        variables: { ENVIRONMENT: environment, ROLE: "$PLAN_ROLE" },
      });
      expect(gitlabJob(`follow-${environment}`).needs).toEqual([{ job: `promote-${environment}`, optional: true }]);
    }
  });

  it("takes back at once, from the main branch alone, with variables that are none of a job's", () => {
    const { needs, rules, resource_group: group, tags } = gitlabJob("rollback");
    expect([needs, group, tags]).toEqual([[], "rollback-$WHERE", ["millrace-$WHERE"]]);
    expect(rules!.map((rule) => rule.if)).toEqual([
      expect.stringContaining("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $COMMAND =~"),
    ]);
    const typed = Object.keys(parse(read(".gitlab-ci.yml")).variables);
    const ofJobs = Object.values<any>(parse(read(".gitlab-ci.yml"))).flatMap(({ variables = {} }) => Object.keys(variables));
    expect(typed.filter((name) => ofJobs.includes(name))).toEqual([]);
  });

  it("takes every role with the token of the job, and no stored key", () => {
    for (const name of [
      "up",
      "rollback",
      ...ENVIRONMENTS.flatMap((each) => [`promote-plan-${each}`, `promote-${each}`, `follow-${each}`]),
    ]) {
      const job = gitlabJob(name);
      expect(job.id_tokens).toEqual({ AWS_TOKEN: { aud: "sts.amazonaws.com" } });
      expect(job.before_script).toContain("export AWS_WEB_IDENTITY_TOKEN_FILE=$PWD/aws-token AWS_ROLE_ARN=$ROLE");
      expect(job.timeout).toBe("110 minutes");
    }
  });
});
