import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS } from "#policies/rule";
import { read } from "../docs/pages.ts";
import { stackOf } from "../harness/stacks.ts";
import { gitlabJob } from "./job.ts";

interface Step {
  run?: string;
  uses?: string;
  if?: string;
  env?: Record<string, string>;
  with?: Record<string, string | number>;
}

interface Concurrency {
  group: string;
  "cancel-in-progress": boolean;
  queue?: string;
}

interface Job {
  "runs-on": string;
  name?: string;
  if?: string;
  needs?: string | string[];
  environment?: string;
  concurrency?: Concurrency;
  "timeout-minutes"?: number;
  permissions?: Record<string, string>;
  env?: Record<string, string>;
  strategy?: { matrix: { environment: string[] | string } };
  /** Another workflow that the job calls, in place of steps. */
  uses?: string;
  with?: Record<string, string>;
  steps: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency?: Concurrency;
  jobs: Record<string, Job>;
}

const FILES = readdirSync(join(PROJECT_FOLDER, ".github/workflows"));
const workflow = (name: string): Workflow => parse(read(`.github/workflows/${name}.yml`)) as Workflow;
const WORKFLOWS = FILES.map((file) => ({ file, ...workflow(file.replace(".yml", "")) }));
const JOBS = WORKFLOWS.flatMap(({ file, jobs, ...rest }) =>
  Object.entries(jobs).map(([name, job]) => ({
    file,
    name,
    job: { ...job, steps: (job as Partial<Job>).steps ?? [] },
    workflow: rest,
  })),
);
/** Jobs that take a role, and those that take one with which they change an environment. */
const WITH_ROLE = JOBS.filter(({ job: { steps } }) => steps.some(({ uses }) => uses?.startsWith("aws-actions/")));
const roleOf = ({ job: { steps } }: (typeof JOBS)[number]) => steps.find(({ uses }) => uses?.startsWith("aws-actions/"))!.with!;
const CHANGING = WITH_ROLE.filter((each) => roleOf(each)["role-to-assume"] === "${{ vars.DEPLOY_ROLE }}");
const named = ({ file, name }: { file: string; name: string }): string => `${file.replace(".yml", "")} ${name}`;
const permissionsOf = ({ job, workflow }: (typeof JOBS)[number]) => job.permissions ?? workflow.permissions;
const PACK = /--policy-pack policies --policy-pack-config policies\/env\/\$\{\{ (inputs|matrix)\.environment \}\}\.json/;
const isPulumi = (line: string): boolean => /^pulumi (preview|up)\b/.test(line);

describe("the ready workflow files", () => {
  it("hold every preview and every change against the pack, with the levels of its environment", () => {
    const commands = JOBS.flatMap(({ job: { steps, env = {} } }) =>
      steps.flatMap(({ run = "" }) => (isPulumi(run) ? [run.replace("$POLICY", env["POLICY"] ?? "nothing")] : [])),
    );
    expect(commands).toHaveLength(3);
    expect(commands.filter((command) => !PACK.test(command))).toEqual([]);
    const ofGitlab = gitlabJob("up").script.filter(isPulumi);
    expect(ofGitlab).toHaveLength(2);
    expect(ofGitlab.filter((line) => !line.includes(" $policy "))).toEqual([]);
  });

  it.each([
    ["check", "policy"],
    ["plan", "plan"],
  ])("upload what is violated and not excepted to code scanning, also when that fails the job: %s", (name, job) => {
    const { permissions, jobs } = workflow(name);
    const { steps, strategy, permissions: own } = jobs[job] as Job;
    expect(strategy?.matrix.environment).toEqual([...ENVIRONMENTS]);
    expect({ ...permissions, ...own }["security-events"]).toBe("write");
    const after = steps.slice(steps.findIndex(({ run }) => run?.startsWith("node ci/plan.ts")) + 1);
    const sarif = "policy-${{ matrix.environment }}.sarif";
    const upload = after.findIndex(({ uses }) => uses?.startsWith("github/codeql-action/upload-sarif"));
    expect(after[upload]?.with).toEqual({ sarif_file: sarif });
    expect(after[upload - 1]).toEqual({ run: `node ci/open-alerts.ts ${sarif}`, if: after[upload]!.if });
    expect(after.filter(({ if: condition }) => !condition?.includes("!cancelled()"))).toEqual([]);
  });

  it("show the cases in GitLab's test report, post the note and then fail", () => {
    const { script, artifacts } = gitlabJob("plan");
    expect([artifacts?.when, artifacts?.reports]).toEqual(["always", { junit: "policy-*.xml" }]);
    expect(script[0]).toMatch(/^policy=0; node ci\/plan\.ts .* \|\| policy=\$\?$/);
    expect(script.at(-2)).toContain("ci/comment.ts");
    expect(script.at(-1)).toBe("exit $policy");
  });

  it("run code of a pull request with the role of dev alone, or after a person has read it, and on no runner of staging or prod before", () => {
    const ofRequests = JOBS.filter(({ workflow: { on } }) => "pull_request" in on);
    const withIdentity = ofRequests.filter((each) => permissionsOf(each)["id-token"] && !each.job.uses);
    expect(withIdentity.map(named)).toEqual(["preview preview", "promote plan"]);
    const calling = ofRequests.filter((each) => permissionsOf(each)["id-token"] && each.job.uses);
    expect(
      calling.filter(({ job }) => !/^needs|github\.event_name == 'push'|needs\.\w+\.result == 'success'/.test(job.if ?? "needs")),
    ).toEqual([]);
    const { strategy, if: condition } = workflow("preview").jobs["preview"]!;
    expect(strategy?.matrix.environment).toBe(
      `\${{ fromJSON(github.event_name == 'push' && '["dev", "staging", "prod"]' || '["dev"]') }}`,
    );
    expect(condition).toContain("github.event.pull_request.head.repo.full_name == github.repository");
    // A person reads the code of a promotion first: who takes the role of this environment is asked for.
    expect(workflow("promote").jobs["plan"]!.environment).toBe("${{ matrix.environment }}-plan");
    const elsewhere = ofRequests.filter(
      (each) =>
        !["preview preview", "promote plan"].includes(named(each)) && !each.job.uses && each.job["runs-on"] !== "ubuntu-24.04",
    );
    expect(elsewhere).toEqual([]);
  });

  it("reach an environment from the runners that a variable names", () => {
    // The registry can be reached from everywhere.
    const reaching = WITH_ROLE.filter(({ file }) => file !== "images.yml");
    expect(reaching).toHaveLength(7);
    expect(reaching.map(({ job }) => job["runs-on"].replace(/(matrix|inputs)\./, ""))).toEqual(
      reaching.map(
        () => "${{ format(vars[format('RUNNER_{0}', environment)] || 'ubuntu-24.04', github.run_id, github.run_attempt) }}",
      ),
    );
    expect(gitlabJob("up").tags).toEqual(["millrace-$ENVIRONMENT"]);
    expect(read("Jenkinsfile")).toContain('label "millrace-${params.ENVIRONMENT}"');
  });

  it("look for drift of every environment each day, with the role that only reads, and tell a person", () => {
    const { on, permissions, jobs } = workflow("drift");
    expect(on["schedule"]).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }]);
    expect(permissions).toEqual({ contents: "read", "id-token": "write", issues: "write" });
    const { steps, strategy } = jobs["drift"]!;
    expect(strategy?.matrix.environment).toEqual([...ENVIRONMENTS]);
    const role = steps.find(({ uses }) => uses?.startsWith("aws-actions/"))?.with?.["role-to-assume"];
    expect(role).toBe("${{ vars[format('PLAN_ROLE_{0}', matrix.environment)] }}");
    expect(steps.at(-1)).toEqual({
      run: "node ci/drift.ts ${{ matrix.environment }}",
      env: { GITHUB_TOKEN: "${{ github.token }}" },
    });
  });

  it("bring an environment up from the main branch and its own GitHub environment, one run at a time", () => {
    const { concurrency, jobs } = workflow("up");
    expect(concurrency).toEqual({ group: "up-${{ inputs.environment }}", "cancel-in-progress": false, queue: "max" });
    expect(Object.keys(jobs)).toEqual(["up"]);
    expect(jobs["up"]!.environment).toBe("${{ inputs.environment }}");
    expect(jobs["up"]!.if).toBe("github.ref == format('refs/heads/{0}', github.event.repository.default_branch)");
    expect(gitlabJob("up").resource_group).toBe("up-$ENVIRONMENT");
  });

  it.each(ENVIRONMENTS)(
    "ask for the longest session that the deploying role of %s allows, and end before it does",
    async (environment) => {
      const { resources } = await stackOf("foundation", environment);
      const role = resources.find(
        ({ type, inputs }) => type === "aws:iam/role:Role" && String(inputs["name"]).endsWith("-ci-deploy"),
      );
      expect(CHANGING.map(named)).toEqual(["follow follow", "promote-environment apply", "rollback rollback", "up up"]);
      for (const each of CHANGING) {
        const seconds = Number(roleOf(each)["role-duration-seconds"]);
        expect(seconds).toBe(role!.inputs["maxSessionDuration"]);
        expect(60 * each.job["timeout-minutes"]!).toBeLessThan(seconds);
      }
      const { "timeout-minutes": minutes } = workflow("up").jobs["up"]!;
      // GitLab's token lives as long as its job may, and Jenkins' run includes the checks.
      expect(gitlabJob("up").timeout).toBe(`${minutes} minutes`);
      expect(Number(/timeout\(time: (\d+), unit: 'MINUTES'\)/.exec(read("Jenkinsfile"))![1])).toBeGreaterThan(minutes!);
    },
  );

  it("put nothing that somebody else can name into the text of a shell", () => {
    const lines = JOBS.flatMap(({ file, job: { steps } }) => steps.map(({ run = "" }) => `${file}: ${run}`));
    const expressions = lines.flatMap((line) => [...line.matchAll(/\$\{\{\s*(.+?)\s*\}\}/g)].map(([, name]) => name!));
    expect(new Set(expressions.filter((name) => !/^((matrix|inputs)\.(environment|layer)|vars[.[].*)$/.test(name)))).toEqual(
      new Set(),
    );
  });
});
