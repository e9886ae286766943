// What a promotion, its release or a rollback writes into files comes back as a pull request of the branch promote/<environment>: that a
// version is stable, or that the pointer says again what users have. Two of them add up.
// Usage: node ci/proposal.ts check|take-up|keep <environment>, node ci/proposal.ts propose
//   check     is the pointer that is checked out still what main says, and does no open request take it back?
//   take-up   what an open request says, on top of what is checked out
//   keep      writes promote-<environment>.patch: what has changed in the environment's files since the checkout; no file where nothing has
//   propose   commits the patches that are here, each on top of main and the open request, pushes the branch, makes the request where there is none
// A job that may write to the repository runs no package: nothing here needs one. Exit codes: 0 done; 1 a service or git refused; 2 wrong usage; 12 main says something else than is checked out.

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { git, saidBy } from "./git.ts";
import { type Requests, requestsHere } from "./requests.ts";

const MOVED = 12;
const MAIN = process.env["CI_DEFAULT_BRANCH"] || process.env["DEFAULT_BRANCH"] || "main";

const branchOf = (environment: EnvironmentName): string => `promote/${environment}`;
const patchOf = (environment: EnvironmentName): string => `promote-${environment}.patch`;
const filesOf = (environment: EnvironmentName): string[] => [FILES.pointer(environment), FILES.stable(environment)];

/** Fetches a branch of the server. @returns its commit. */
function fetched(branch: string): string {
  git("fetch", "--quiet", "--no-tags", "origin", `+refs/heads/${branch}:refs/remotes/origin/${branch}`);
  return git("rev-parse", `refs/remotes/origin/${branch}`);
}

/** The open request of the environment, with the commit of its branch. */
async function pending(environment: EnvironmentName): Promise<{ address: string; commit: string } | undefined> {
  const requests = requestsHere(MAIN);
  const address = typeof requests === "string" ? undefined : await requests.open(branchOf(environment));
  return address === undefined ? undefined : { address, commit: fetched(branchOf(environment)) };
}

/** Tree of two commits together. @throws {Error} where they contradict each other. */
function together(one: string, other: string, address: string): string {
  try {
    return git("merge-tree", "--write-tree", "--no-messages", one, other).split("\n")[0]!;
  } catch {
    throw new Error(`${address} contradicts what is checked out: merge it or close it first`);
  }
}

async function check(environment: EnvironmentName): Promise<number> {
  const file = FILES.pointer(environment);
  const own = git("rev-parse", `HEAD:${file}`);
  const main = git("rev-parse", `${fetched(MAIN)}:${file}`);
  if (main !== own) {
    console.error(`${file} of ${MAIN} must be what is checked out, got another one: the run of its own commit applies it`);
    return MOVED;
  }
  const open = await pending(environment);
  if (open !== undefined && git("rev-parse", `${together("HEAD", open.commit, open.address)}:${file}`) !== own) {
    console.error(`${file} must be what ${environment} runs, got what ${open.address} takes back: merge it or close it first`);
    return MOVED;
  }
  return 0;
}

async function takeUp(environment: EnvironmentName): Promise<number> {
  const open = await pending(environment);
  if (open !== undefined) {
    const tree = together("HEAD", open.commit, open.address);
    const commit = git("commit-tree", tree, "-p", "HEAD", "-p", open.commit, "-m", `Take up ${open.address}`);
    git("checkout", "--quiet", "--detach", commit);
    console.log(`goes on with ${open.address}`);
  }
  return 0;
}

function keep(environment: EnvironmentName): number {
  git("add", "--all", "--", ...filesOf(environment).filter((file) => existsSync(file)));
  const patch = git("diff", "--cached", "--binary", "HEAD", "--", ...filesOf(environment));
  // A workspace that is used again may have that of another run.
  rmSync(patchOf(environment), { force: true });
  if (patch !== "") {
    writeFileSync(patchOf(environment), `${patch}\n`);
  }
  console.log(patch === "" ? "no file has changed" : patch);
  return 0;
}

async function propose(): Promise<number> {
  const requests = requestsHere(MAIN);
  const patched = ENVIRONMENTS.filter((environment) => existsSync(patchOf(environment)));
  if (patched.length === 0) {
    console.log("nothing has changed");
  } else if (typeof requests === "string") {
    throw new Error(`nothing is proposed: ${requests}; ${patched.map(patchOf).join(", ")} must be committed by a person`);
  } else {
    const start = git("rev-parse", "HEAD");
    for (const environment of patched) {
      git("checkout", "--quiet", "--detach", start);
      console.log(await proposed(environment, requests));
    }
  }
  return 0;
}

/** Proposes one patch. @returns the address of the request. */
async function proposed(environment: EnvironmentName, requests: Requests): Promise<string> {
  const branch = branchOf(environment);
  const open = await requests.open(branch);
  await takeUp(environment);
  git("apply", "--index", "--3way", patchOf(environment));
  const title = `chore(${environment}): what runs there`;
  git("commit", "--quiet", "--no-verify", "--message", title);
  // A branch without an open request is left over from one that was merged or closed.
  push(requests, `${open === undefined ? "+" : ""}HEAD:refs/heads/${branch}`);
  const text = `What ${environment} runs, as a promotion, its release or a rollback has left it. Where it changes the pointer, nothing else is promoted there until it is merged.`;
  return open ?? (await requests.make(branch, title, text));
}

function push({ authorization }: Requests, what: string): void {
  const server = git("remote", "get-url", "origin");
  const header =
    authorization === undefined ? {} : { [`http.${new URL("/", server).href}.extraHeader`]: `Authorization: ${authorization}` };
  // In the environment, where no list of processes shows it.
  Object.entries(header).forEach(([key, value], at) => {
    process.env[`GIT_CONFIG_KEY_${at}`] = key;
    process.env[`GIT_CONFIG_VALUE_${at}`] = value;
    process.env["GIT_CONFIG_COUNT"] = String(at + 1);
  });
  git("push", "--quiet", "origin", what);
}

const OF_ONE: Readonly<Record<string, (environment: EnvironmentName) => number | Promise<number>>> = {
  check,
  "take-up": takeUp,
  keep,
};

async function main([word = "", name]: string[]): Promise<number> {
  if (word === "propose" && name === undefined) {
    return await propose();
  }
  const environment = ENVIRONMENTS.find((each) => each === name);
  if (!Object.hasOwn(OF_ONE, word) || environment === undefined) {
    const got = [word, name ?? ""].join(" ").trim() || "nothing";
    console.error(
      `the command must be propose, or one of ${Object.keys(OF_ONE).join(", ")} with one of ${ENVIRONMENTS.join(", ")}, got '${got}'`,
    );
    return 2;
  }
  return await OF_ONE[word]!(environment);
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(saidBy(error));
  return 1;
});
