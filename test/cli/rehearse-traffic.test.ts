import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { main } from "#cli/main";

const home = mkdtempSync(join(tmpdir(), "millrace-traffic-"));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

const rate = "'--rate' must be a whole number from 1 to 2000";
const seconds = "'--seconds' must be a whole number from 1 to 86400";

it.each([
  [["traffic", "dev", "--rate", "0"], `${rate}, got '0'`],
  [["traffic", "dev", "--rate", "-5"], `${rate}, got '-5'`],
  [["traffic", "dev", "--rate", "5.5"], `${rate}, got '5.5'`],
  [["traffic", "dev", "--rate", "1e3"], `${rate}, got '1e3'`],
  [["traffic", "dev", "--rate", ""], `${rate}, got ''`],
  [["traffic", "dev", "--rate", "many"], `${rate}, got 'many'`],
  [["traffic", "dev", "--rate", "2001"], `${rate}, got '2001'`],
  [["traffic", "dev", "--seconds", "Infinity"], `${seconds}, got 'Infinity'`],
  [["traffic", "dev", "--seconds", "60s"], `${seconds}, got '60s'`],
  [["traffic", "qa"], "the environment must be one of dev, staging, prod, got 'qa'"],
  [["trafic"], "the environment must be one of dev, staging, prod, got 'trafic'. Did you mean 'traffic'?"],
  [
    ["traffic", "dev"],
    `No rehearsal is running in ${join(home, "rehearsal-dev")}. Begin one with 'npx millrace rehearse <environment> --keep'.`,
  ],
])("rehearse %j is refused with one sentence and exit code 2", async (args, sentence) => {
  let said = "";
  vi.spyOn(console, "error").mockImplementation((text) => void (said += String(text)));
  vi.stubEnv("MILLRACE_HOME", home);
  await main(["node", "millrace", "rehearse", ...args]);
  expect([said, process.exitCode]).toEqual([sentence, 2]);
});
