import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { ADDONS, KUBERNETES } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";

const run = promisify(execFile);

// Written after the examples of the EKS API reference, with the days of the table: no account could be asked.
const { clusterVersions, newest } = JSON.parse(readFileSync(join(import.meta.dirname, "recorded", "versions.json"), "utf8")) as {
  clusterVersions: object[];
  newest: string;
};

/** What EKS offers of each add-on: the newest version, and the one that it installs by default. */
const addons = Object.entries(ADDONS).map(([addonName, addonVersion]) => ({
  addonName,
  type: "networking",
  addonVersions: [
    { addonVersion: newest, compatibilities: [{ clusterVersion: "1.36", defaultVersion: false }] },
    {
      addonVersion,
      compatibilities: [
        { clusterVersion: "1.36", defaultVersion: true, platformVersions: ["*"] },
        { clusterVersion: "1.37", defaultVersion: true },
      ],
    },
  ],
}));

/** A command line of AWS that answers from a file. */
const AWS = `#!${process.execPath}
const { readFileSync } = require("node:fs");
const [service, command, ...rest] = process.argv.slice(2);
const { clusterVersions, addons } = JSON.parse(readFileSync(process.env.RECORDED, "utf8"));
const version = rest[rest.indexOf("--kubernetes-version") + 1];
const fits = (addon) => addon.addonVersions.some(({ compatibilities }) => compatibilities.some((each) => each.clusterVersion === version));
console.log(JSON.stringify(command === "describe-cluster-versions" ? { clusterVersions } : { addons: addons.filter(fits) }));
`;

const folder = mkdtempSync(join(tmpdir(), "millrace-versions-"));
const file = join(folder, "cluster-versions.ts");
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(file, { force: true }));

async function refresh(answers: object = {}, ...more: string[]): Promise<string> {
  writeFileSync(join(folder, "recorded.json"), JSON.stringify({ clusterVersions, addons, ...answers }));
  writeFileSync(join(folder, "aws"), AWS);
  chmodSync(join(folder, "aws"), 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}`, RECORDED: join(folder, "recorded.json") };
  await run(process.execPath, ["scripts/refresh-versions.ts", "--into", folder, "--as-of", "2026-11-28", ...more], {
    cwd: PROJECT_FOLDER,
    env,
  });
  return readFileSync(file, "utf8");
}

/** What stands in a table, without its header and spaces. */
const contents = (text: string): string => text.slice(text.indexOf("export const KUBERNETES")).replace(/["\s]/g, "");

describe("npm run refresh:versions", () => {
  it("writes what stands in the table: supported versions up to the default one, and the add-ons that EKS installs by default", async () => {
    const committed = readFileSync(join(PROJECT_FOLDER, "components", "cluster-versions.ts"), "utf8");
    const written = await refresh();
    expect(contents(written)).toBe(contents(committed));
    expect(written).toContain('CLUSTER_VERSIONS_AS_OF = "2026-11-28"');
  });

  it("leaves out a version whose standard support has ended", async () => {
    expect(contents(await refresh({}, "--as-of", "2026-12-03"))).toContain(
      "standardSupportEnds:{1.35:2027-03-27,1.36:2027-08-02}",
    );
  });

  it("moves to another default", async () => {
    expect(await refresh({}, "--kubernetes", "1.37")).toMatch(/default: "1\.37",\n.*"1\.37": "2028-01-05"/);
  });

  it.each<[string, object, string[], string]>([
    [
      "a version that EKS does not know",
      {},
      ["--kubernetes", "1.38"],
      "Kubernetes 1.38 must be in standard support of EKS on 2026-11-28, which has 1.37, 1.36, 1.35, 1.34, 1.33: name another one with --kubernetes",
    ],
    [
      "a default out of support",
      {},
      ["--as-of", "2027-08-03"],
      `Kubernetes ${KUBERNETES.default} must be in standard support of EKS on 2027-08-03`,
    ],
    [
      "an add-on that EKS does not offer for the version",
      { addons: addons.filter(({ addonName }) => addonName !== "coredns") },
      [],
      "EKS must have a default version of the add-on coredns for Kubernetes 1.36, got none",
    ],
  ])("writes nothing for %s", async (_, answers, more, sentence) => {
    await expect(refresh(answers, ...more)).rejects.toThrow(sentence);
    expect(() => readFileSync(file)).toThrow("ENOENT");
  });
});
