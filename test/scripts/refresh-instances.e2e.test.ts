import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { zoneCode } from "#components/network/zones";
import { PROJECT_FOLDER } from "#engine/project";
import { REGIONS } from "#scripts/instances/selection";
import { offeringsTable } from "#scripts/instances/tables";

const run = promisify(execFile);

// What EC2 answered on 2026-10-27, as moto 5.2.5 recorded it: a few types, three regions. In the other regions one type is sold.
const recorded = <T>(file: string): T => JSON.parse(readFileSync(join(import.meta.dirname, "recorded", file), "utf8")) as T;

/** A command line of AWS that answers from a file, and fails where a region is not enabled. */
const AWS = `#!${process.execPath}
const { readFileSync } = require("node:fs");
const [, command] = process.argv.slice(2);
const region = process.argv[process.argv.indexOf("--region") + 1];
const { types, offerings, disabled } = JSON.parse(readFileSync(process.env.RECORDED, "utf8"));
if (region === disabled) {
  console.error("AuthFailure: the region is not enabled");
  process.exit(254);
}
const byId = process.argv.includes("availability-zone-id");
console.log(JSON.stringify(command === "describe-instance-types" ? types : { InstanceTypeOfferings: byId ? offerings[region] : [] }));
`;

const folder = mkdtempSync(join(tmpdir(), "millrace-refresh-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function refresh(disabled?: string): Promise<{ table: string; offerings: string }> {
  const elsewhere = REGIONS.map((region) => [region, [{ InstanceType: "m7i.large", Location: `${zoneCode(region)}-az1` }]]);
  const offerings = { ...Object.fromEntries(elsewhere), ...recorded<object>("offerings.json") };
  writeFileSync(join(folder, "recorded.json"), JSON.stringify({ types: recorded("instance-types.json"), offerings, disabled }));
  writeFileSync(join(folder, "aws"), AWS);
  chmodSync(join(folder, "aws"), 0o755);
  const env = {
    ...process.env,
    PATH: `${folder}${delimiter}${process.env["PATH"]}`,
    RECORDED: join(folder, "recorded.json"),
  };
  await run(process.execPath, ["scripts/refresh-instances.ts", "--into", folder, "--as-of", "2026-10-27"], {
    cwd: PROJECT_FOLDER,
    env,
  });
  return {
    table: readFileSync(join(folder, "table.ts"), "utf8"),
    offerings: readFileSync(join(folder, "offerings-table.ts"), "utf8"),
  };
}

/** Lines of a table that begin with a type. */
const rows = (text: string): string[] => text.split("\n").filter((line) => /^ {2}"[a-z0-9-]+\.[a-z0-9-]+":/.test(line));
const committed = (file: string): string[] => rows(readFileSync(join(PROJECT_FOLDER, "components", "instances", file), "utf8"));
const typeOf = (line: string): string => line.split('"')[1]!;

describe("npm run refresh:instances", () => {
  let written: Awaited<ReturnType<typeof refresh>>;
  beforeAll(async () => {
    written = await refresh();
  });

  it("writes the rows that stand in the table, of types that have a place in it", () => {
    const lines = rows(written.table);
    expect(lines.map(typeOf)).toEqual(["g6.xlarge", "g7e.2xlarge", "p4d.24xlarge", "p5.48xlarge", "t3.large", "m7i.large"]);
    expect(committed("table.ts")).toEqual(expect.arrayContaining(lines));
  });

  it("writes the zones of each region by id", () => {
    const places = (type: string): string[] =>
      rows(written.offerings)
        .find((line) => typeOf(line) === type)!
        .split('"')[3]!
        .split(" ");
    expect(places("g6.xlarge")).toEqual(["eun1:12", "use1:12456"]);
    expect(places("p5.48xlarge")).toEqual(["eun1:123", "use1:123456"]);
    expect(places("m7i.large")).toHaveLength(REGIONS.length);
    expect(written.offerings).toContain('export const OFFERINGS_AS_OF = "2026-10-27";');
  });

  it("writes nothing when a region does not answer", async () => {
    rmSync(join(folder, "table.ts"));
    await expect(refresh("eu-south-2")).rejects.toThrow("AuthFailure");
    expect(() => readFileSync(join(folder, "table.ts"))).toThrow("ENOENT");
  });

  it("leaves out local zones", () => {
    const sold = (Location: string) => ({ InstanceType: "m7i.large", Location });
    const answers = { "us-east-1": [sold("use1-az1"), sold("use1-atl2-az1")] };
    expect(rows(offeringsTable(answers, "2026-10-27", "test"))).toEqual(['  "m7i.large": "use1:1",']);
  });

  it.each([
    ["zones by name", [{ InstanceType: "m7i.large", Location: "eu-north-1a" }], "eu-north-1a"],
    ["no offering", [], "no offering"],
  ])("refuses %s", (_, answers, got) => {
    expect(() => offeringsTable({ "eu-north-1": answers }, "2026-10-27", "test")).toThrow(
      `eu-north-1: the offerings must name zones by id, such as eun1-az1, got ${got}`,
    );
  });
});
