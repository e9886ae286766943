import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { read } from "../docs/pages.ts";

/** What a job of a runner prints and ends with. */
export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** How a runner runs a script: the folder, every variable that it sets, and the user. */
export interface Runner {
  folder: string;
  env?: Record<string, string>;
  /** Number of a user that the machine does not know, and who has no home. @default - the user of the tests */
  user?: number;
  shell: readonly string[];
}

/** Shells as the services call them. */
export const SHELLS = {
  github: ["bash", "-e"],
  gitlab: ["bash", "-eo", "pipefail"],
  jenkins: ["sh", "-xe"],
} as const;

/** Runs the lines of a job with nothing in the environment but what the runner sets. */
export function runJob(script: string, { folder, env = {}, user, shell }: Runner): Ended {
  const as = user === undefined ? [] : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  const [program, ...args] = [...as, ...shell, "-c", script];
  const variables = { PATH: `${folder}/node_modules/.bin:${process.env["PATH"]!}`, ...env };
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env: variables,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return { code: status, out: stdout, err: stderr };
}

/** A line of a workflow with its expressions replaced: what GitHub hands to the shell. */
export function githubLine(workflow: string, job: string, begin: string, expressions: Record<string, string>): string {
  const { jobs } = parse(read(`.github/workflows/${workflow}.yml`)) as {
    jobs: Record<string, { steps: { run?: string }[] }>;
  };
  const line = jobs[job]?.steps.find(({ run }) => run?.startsWith(begin))?.run;
  if (line === undefined) {
    throw new Error(`${workflow}.yml: job ${job} has no line that begins with '${begin}'`);
  }
  return line.replace(/\$\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => {
    const value = expressions[name];
    if (value === undefined) {
      throw new Error(`${workflow}.yml: no value for '${name}'`);
    }
    return value;
  });
}

/** A job of `.gitlab-ci.yml`. */
export interface GitlabJob {
  extends?: string;
  script: string[];
  before_script?: string[];
  needs?: (string | { job: string; optional: boolean })[];
  rules?: { if: string; changes?: string[]; when?: string }[];
  variables?: Record<string, string>;
  environment?: { name: string; action?: string };
  timeout?: string;
  tags?: string[];
  resource_group?: string;
  id_tokens?: object;
  artifacts?: { when: string; reports: object };
}

/** A job with what it takes from those that it extends, as GitLab puts them together: variables add up. */
export function gitlabJob(name: string): GitlabJob {
  const { extends: parent, ...own } = (parse(read(".gitlab-ci.yml")) as Record<string, GitlabJob>)[name]!;
  const inherited: Partial<GitlabJob> = parent === undefined ? {} : gitlabJob(parent);
  return { ...inherited, ...own, variables: { ...inherited.variables, ...own.variables } };
}

/** The lines of a job of `.gitlab-ci.yml`. */
export const gitlabScript = (job: string): string => gitlabJob(job).script.join("\n");

/** The shell script of a stage of the Jenkinsfile, and the home that its `environment` block sets. */
export function jenkinsScript(stage: string): string {
  const [, after = ""] = read("Jenkinsfile").split(`stage('${stage}')`);
  const script = /sh '''([\s\S]*?)'''|sh '(.*?)'/.exec(after);
  return script?.[1] ?? script?.[2] ?? "";
}

export const jenkinsHome = (workspace: string): string =>
  /environment \{ HOME = "(.*?)" \}/.exec(read("Jenkinsfile"))![1]!.replaceAll("${WORKSPACE}", workspace);
