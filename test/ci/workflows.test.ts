import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS } from "#policies/rule";
import { read } from "../docs/pages.ts";
import { stackOf } from "../harness/stacks.ts";

interface Step {
  run?: string;
  uses?: string;
  if?: string;
  env?: Record<string, string>;
  with?: Record<string, string | number>;
}

interface Job {
  "runs-on": string;
  if?: string;
  environment?: string;
  "timeout-minutes"?: number;
  permissions?: Record<string, string>;
  env?: Record<string, string>;
  strategy?: { matrix: { environment: string[] | string } };
  steps: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  jobs: Record<string, Job>;
}

const FILES = readdirSync(join(PROJECT_FOLDER, ".github/workflows"));
const workflow = (name: string): Workflow => parse(read(`.github/workflows/${name}.yml`)) as Workflow;
const WORKFLOWS = FILES.map((file) => ({ file, ...workflow(file.replace(".yml", "")) }));
const JOBS = WORKFLOWS.flatMap(({ file, jobs, ...rest }) =>
  Object.entries(jobs).map(([name, job]) => ({ file, name, job, workflow: rest })),
);
const PACK = /--policy-pack policies --policy-pack-config policies\/env\/\$\{\{ (inputs|matrix)\.environment \}\}\.json/;
const isPulumi = (line: string): boolean => /^pulumi (preview|up)\b/.test(line);
const asksTheCluster = (line: string): boolean => isPulumi(line) || line.startsWith("node ci/drift.ts");

interface GitlabJob {
  script: string[];
  timeout?: string;
  tags?: string[];
  resource_group?: string;
  artifacts?: { when: string; reports: object };
}
const gitlab = parse(read(".gitlab-ci.yml")) as Record<string, GitlabJob>;

describe("the ready workflow files", () => {
  it("hold every preview and every change against the pack, with the levels of its environment", () => {
    const commands = JOBS.flatMap(({ job: { steps, env = {} } }) =>
      steps.flatMap(({ run = "" }) => (isPulumi(run) ? [run.replace("$POLICY", env["POLICY"] ?? "nothing")] : [])),
    );
    expect(commands).toHaveLength(3);
    expect(commands.filter((command) => !PACK.test(command))).toEqual([]);
    const ofGitlab = gitlab[".up"]!.script.filter(isPulumi);
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
    const { script, artifacts } = gitlab["plan"]!;
    expect([artifacts?.when, artifacts?.reports]).toEqual(["always", { junit: "policy-*.xml" }]);
    expect(script[0]).toMatch(/^policy=0; node ci\/plan\.ts .* \|\| policy=\$\?$/);
    expect(script.at(-2)).toContain("ci/comment.ts");
    expect(script.at(-1)).toBe("exit $policy");
  });

  it("run code of a pull request with the role of dev alone, and on no runner of staging or prod", () => {
    const ofRequests = JOBS.filter(({ workflow: { on } }) => "pull_request" in on);
    const withIdentity = ofRequests.filter(({ workflow, job }) => ({ ...workflow.permissions, ...job.permissions })["id-token"]);
    expect(withIdentity.map(({ file, name }) => `${file} ${name}`)).toEqual(["preview.yml preview"]);
    const { strategy, if: condition } = workflow("preview").jobs["preview"]!;
    expect(strategy?.matrix.environment).toBe(
      `\${{ fromJSON(github.event_name == 'push' && '["dev", "staging", "prod"]' || '["dev"]') }}`,
    );
    expect(condition).toContain("github.event.pull_request.head.repo.full_name == github.repository");
    const elsewhere = ofRequests.filter(({ file, job }) => file !== "preview.yml" && job["runs-on"] !== "ubuntu-24.04");
    expect(elsewhere).toEqual([]);
  });

  it("reach an environment from the runners that a variable names", () => {
    const reaching = JOBS.filter(({ job: { steps } }) => steps.some(({ run = "" }) => asksTheCluster(run)));
    expect(reaching.map(({ job }) => job["runs-on"].replace(/(matrix|inputs)\./, ""))).toEqual(
      reaching.map(
        () => "${{ format(vars[format('RUNNER_{0}', environment)] || 'ubuntu-24.04', github.run_id, github.run_attempt) }}",
      ),
    );
    expect(gitlab[".up"]!.tags).toEqual(["millrace-$ENVIRONMENT"]);
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
    expect(concurrency).toEqual({ group: "up-${{ inputs.environment }}", "cancel-in-progress": false });
    expect(Object.keys(jobs)).toEqual(["up"]);
    expect(jobs["up"]!.environment).toBe("${{ inputs.environment }}");
    expect(jobs["up"]!.if).toBe("github.ref == format('refs/heads/{0}', github.event.repository.default_branch)");
    expect(gitlab[".up"]!.resource_group).toBe("up-$ENVIRONMENT");
  });

  it.each(ENVIRONMENTS)(
    "ask for the longest session that the deploying role of %s allows, and end before it does",
    async (environment) => {
      const { resources } = await stackOf("foundation", environment);
      const role = resources.find(
        ({ type, inputs }) => type === "aws:iam/role:Role" && String(inputs["name"]).endsWith("-ci-deploy"),
      );
      const { steps, "timeout-minutes": minutes } = workflow("up").jobs["up"]!;
      const seconds = steps.find(({ uses }) => uses?.startsWith("aws-actions/"))?.with?.["role-duration-seconds"];
      expect(seconds).toBe(role!.inputs["maxSessionDuration"]);
      expect(60 * minutes!).toBeLessThan(Number(seconds));
      // GitLab's token lives as long as its job may, and Jenkins' run includes the checks.
      expect(gitlab[".up"]!.timeout).toBe(`${minutes} minutes`);
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
