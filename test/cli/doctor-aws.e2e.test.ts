import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { type Answers, NO_CREDENTIALS, ROOMY } from "../plan/account/answers.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-doctor-aws-"));
afterAll(() => rmSync(folder, { recursive: true }));
const bin = join(folder, "bin");
mkdirSync(bin);
symlinkSync(join(PROJECT_FOLDER, "test/plan/account/fake-aws.mjs"), join(bin, "aws"));
for (const tool of ["git", "env"]) {
  symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(bin, tool));
}
const node = join(PROJECT_FOLDER, "node_modules/.bin");

/** Every add-on in the version of the program. */
const ADDONS = execFileSync("grep", ["-rhoE", "v[0-9.]+-eksbuild[.0-9]+", "components"], {
  cwd: PROJECT_FOLDER,
  encoding: "utf8",
})
  .trim()
  .split("\n");
const FITS: Answers = {
  ...ROOMY,
  "describe-addon-versions": { addons: [{ addonVersions: ADDONS.map((addonVersion) => ({ addonVersion })) }] },
};

function doctor(args: readonly string[], answers: Answers, path = `${bin}:${node}`) {
  const file = join(folder, "answers.json");
  writeFileSync(file, JSON.stringify({ answers }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(PROJECT_FOLDER, "cli/millrace.mjs"), "doctor", ...args], {
    encoding: "utf8",
    cwd: PROJECT_FOLDER,
    env: { PATH: path, HOME: folder, MILLRACE_FAKE_AWS: file, NO_COLOR: "1" },
  });
  return { code: status, out: stdout, err: stderr };
}

describe("millrace doctor --aws", () => {
  it("says that everything fits, in the region of the environment", () => {
    const { code, out, err } = doctor(["--aws", "dev"], FITS);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^dev in account 111111111111, (\S+) {3}fits\n/);
    const [, region] = /111111111111, (\S+)/.exec(out)!;
    const asked = readFileSync(join(folder, "answers.json.asked"), "utf8").trim().split("\n");
    expect(asked.filter((line) => !line.endsWith(`--region ${region} --output json`))).toEqual([]);
  });

  it("finds the environment by the account of the credentials", () => {
    const identity = { "sts get-caller-identity": { Account: "222222222222" } };
    expect(JSON.parse(doctor(["--aws", "--json"], { ...FITS, ...identity }).out)).toMatchObject({
      environment: "staging",
      account: "222222222222",
      fits: true,
    });
  });

  it("ends with 1 when something is short, first the worst", () => {
    const { code, out } = doctor(["--aws", "dev"], {
      ...FITS,
      "describe-instance-type-offerings": { InstanceTypeOfferings: [] },
    });
    expect(code).toBe(1);
    expect(out.split("\n")[1]).toMatch(/^ {2}✗ instance type .* not offered in /);
  });

  it.each<[what: string, args: string[], answers: Answers, code: number, said: RegExp, path?: string]>([
    [
      "credentials of another account",
      ["--aws", "prod"],
      FITS,
      2,
      /^'--aws prod' must be run with credentials of account 333333333333 \(stacks\/config\/Pulumi\.foundation-prod\.yaml\), got '111111111111': set AWS_PROFILE\n$/,
    ],
    [
      "credentials of no environment's account",
      ["--aws"],
      { ...FITS, "sts get-caller-identity": { Account: "999999999999" } },
      2,
      /^'--aws' must be run with credentials of one environment's account \(dev 111111111111, staging 222222222222, prod 333333333333\), got '999999999999': set AWS_PROFILE, or name the environment\n$/,
    ],
    [
      "a misspelt environment",
      ["--aws", "prdo"],
      FITS,
      2,
      /^the environment must be one of dev, staging, prod, got 'prdo'. Did you mean 'prod'\?\n$/,
    ],
    [
      "no credentials",
      ["--aws", "dev"],
      { "sts get-caller-identity": NO_CREDENTIALS },
      1,
      /^There are no AWS credentials that work\. Sign in with `aws sso login`, or set AWS_PROFILE\.\n$/,
    ],
    ["no AWS CLI", ["--aws", "dev"], FITS, 1, /^The AWS CLI is missing\. Install AWS CLI v2\.\n$/, node],
  ])("refuses %s in one sentence", (_, args, answers, code, said, path) => {
    expect(doctor(args, answers, path)).toEqual({ code, out: "", err: expect.stringMatching(said) });
  });
});
