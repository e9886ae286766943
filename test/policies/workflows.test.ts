import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ENVIRONMENTS } from "#policies/rule";
import { read } from "../docs/pages.ts";

interface Job {
  permissions?: Record<string, string>;
  env?: Record<string, string>;
  strategy?: { matrix: { environment: string[] } };
  steps: { run?: string; shell?: string; uses?: string; if?: string; with?: Record<string, string> }[];
}

const workflow = (name: string): { permissions: Record<string, string>; jobs: Record<string, Job> } =>
  parse(read(`.github/workflows/${name}.yml`));
const PACK = /--policy-pack policies --policy-pack-config policies\/env\/\$\{\{ (inputs|matrix)\.environment \}\}\.json/;

describe("the ready workflow files", () => {
  it("hold every preview and every change against the pack, with the levels of its environment", () => {
    const commands = ["plan", "up"].flatMap((name) =>
      Object.values(workflow(name).jobs).flatMap(({ steps, env = {} }) =>
        steps.flatMap(({ run = "" }) =>
          /^pulumi (preview|up)\b/.test(run) ? [run.replace("$POLICY", env["POLICY"] ?? "nothing")] : [],
        ),
      ),
    );
    expect(commands).toHaveLength(3);
    expect(commands.filter((command) => !PACK.test(command))).toEqual([]);
    const gitlab = (parse(read(".gitlab-ci.yml"))[".up"].script as string[]).filter((line) =>
      /^pulumi (preview|up)\b/.test(line),
    );
    expect(gitlab).toHaveLength(2);
    expect(gitlab.filter((line) => !line.includes(" $policy "))).toEqual([]);
  });

  it.each([
    ["check", "policy"],
    ["plan", "plan"],
  ])("upload what is violated in every environment to code scanning, also when that fails the job: %s", (name, job) => {
    const { permissions, jobs } = workflow(name);
    const { steps, strategy, permissions: own } = jobs[job] as Job;
    expect(strategy?.matrix.environment).toEqual([...ENVIRONMENTS]);
    expect({ ...permissions, ...own }["security-events"]).toBe("write");
    const plan = steps.find(({ run }) => run?.includes("millrace plan"));
    expect(plan?.run).toMatch(/--sarif policy\.sarif --junit policy-junit\.xml/);
    // A pipe hides its first command's exit code from the shell that GitHub takes when none is named.
    expect(plan?.run?.includes("|")).toBe(plan?.shell === "bash");
    const after = steps.slice(steps.indexOf(plan!) + 1);
    expect(after.find(({ uses }) => uses?.startsWith("github/codeql-action/upload-sarif"))?.with).toEqual({
      sarif_file: "policy.sarif",
    });
    expect(after.filter(({ if: condition }) => !condition?.includes("!cancelled()"))).toEqual([]);
  });

  it("show the cases in GitLab's test report, post the note and then fail", () => {
    const { script, artifacts } = parse(read(".gitlab-ci.yml")).plan as { script: string[]; artifacts: any };
    expect([artifacts.when, artifacts.reports]).toEqual(["always", { junit: "policy-junit.xml" }]);
    expect(script[0]).toMatch(/^policy=0; npx millrace plan .* --junit policy-junit\.xml > comment\.md \|\| policy=\$\?$/);
    expect(script.at(-2)).toContain("gitlab-note.mjs");
    expect(script.at(-1)).toBe("exit $policy");
  });
});
