// Read by Node before every program of a command (NODE_OPTIONS): kills the command line at moments of its own.

import childProcess from "node:child_process";
import fs from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { type Blow, blowHere, strike } from "./blow.ts";

const [, program = "", command = ""] = process.argv;
const blow = blowHere();
if (program.endsWith("/cli/millrace.mjs")) {
  answerAsked();
  if (blow !== undefined) {
    arm(blow);
  }
}

/** What a plan and an account say takes half a minute, and is not what is asked here. */
function answerAsked(): void {
  const answers: Record<string, object> = {
    plan: { cost: { atRest: 1, ceiling: 2 }, capacity: { refusals: [] } },
    doctor: { environment: "dev", fits: true, findings: [{ what: "all", state: "ok", found: "enough" }] },
  };
  if (answers[command] !== undefined) {
    fs.writeSync(1, JSON.stringify(answers[command]));
    process.exit(0);
  }
}

function arm(own: Blow): void {
  const { link } = fsPromises;
  const { renameSync } = fs;
  const { spawn } = childProcess;
  const hits = counter(own);
  fsPromises.link = async (from, to) => {
    const hit = hits("link");
    hit.before();
    await link(from, to);
    hit.after();
  };
  fs.renameSync = (from, to) => {
    // Plans and copies have pointers too.
    const hit = String(to).endsWith("/repository/releases/environments/dev.json") ? hits("rename") : NO_HIT;
    hit.before();
    renameSync(from, to);
    hit.after();
  };
  childProcess.spawn = ((file: string, words: string[], ...rest: []) => {
    const hit = Array.isArray(words) && words.includes("up") ? hits("up") : NO_HIT;
    hit.before();
    const child = spawn(file, words, ...rest);
    hit.after();
    return child;
  }) as typeof spawn;
  syncBuiltinESMExports();
}

const NO_HIT = { before: () => undefined, after: () => undefined };

/** Counts moments of each kind, and strikes at the one that is meant. */
function counter(own: Blow): (at: Blow["at"]) => { before: () => void; after: () => void } {
  let count = 0;
  return (at) => {
    if (at !== own.at || ++count !== own.number) {
      return NO_HIT;
    }
    const on = (when: Blow["when"]) => () => void (own.when === when && strike(own));
    return { before: on("before"), after: on("after") };
  };
}
