// Names the environments whose pointer says something else than in an earlier commit: a JSON list, in the order of promotion.
// Usage: node ci/changed-environments.ts <commit>; zeros, as both services send for the first push of a branch, are a commit without pointers.
// In doubt it names every environment: one that runs what its pointer says has nothing to promote. Exit codes: 0; 2 wrong usage.

import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { fetchOnly, git, hasCommit } from "./git.ts";

const NOTHING = /^0+$/;

/** Content of a pointer in a commit, as git names it; nothing where it is not there. */
function pointerIn(commit: string, environment: (typeof ENVIRONMENTS)[number]): string | undefined {
  try {
    return git("rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}:${FILES.pointer(environment)}`);
  } catch {
    return undefined;
  }
}

/** Whether the commit is here; a forced push leaves the one before it on the server alone, for some time. */
function isHere(commit: string): boolean {
  if (hasCommit(commit)) {
    return true;
  }
  try {
    fetchOnly(commit);
    return hasCommit(commit);
  } catch {
    return false;
  }
}

const [before] = process.argv.slice(2);
if (before === undefined || before.trim() === "" || before.startsWith("-")) {
  console.error(
    `'commit' must be one to compare with, got ${before === undefined ? "nothing" : `'${before}'`}: node ci/changed-environments.ts HEAD^1`,
  );
  process.exitCode = 2;
} else {
  const isKnown = !NOTHING.test(before) && isHere(before);
  if (!isKnown) {
    console.error(`${before} is not to be had: every environment is looked at`);
  }
  const changed = ENVIRONMENTS.filter((each) => pointerIn("HEAD", each) !== (isKnown ? pointerIn(before, each) : undefined));
  console.log(JSON.stringify(changed));
}
