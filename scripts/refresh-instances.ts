// `npm run refresh:instances`: rewrites the tables of instance types and of their offerings from what EC2 answers today.
//
// It needs the AWS command line and the rights `ec2:DescribeInstanceTypes` and `ec2:DescribeInstanceTypeOfferings`. A region that the
// account has not enabled is an error: the tables hold all regions of scripts/instances/selection.ts or do not change.
//
// With `--from <folder> --as-of <day> --source <text>` it reads recorded answers instead: `instance-types.json` and `<region>.json`.
// With `--into <folder>` it writes elsewhere than to components/instances.

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import type { InstanceTypeAnswer, OfferingAnswer } from "./instances/answers.ts";
import { FAMILIES, REGIONS } from "./instances/selection.ts";
import { instanceTable, offeringsTable } from "./instances/tables.ts";
import { namedFolder } from "./named-folder.ts";

const run = promisify(execFile);

/** Answers to `aws ec2 <command>` in one region, all pages of it. */
async function ask<T>(command: string, region: string, ...args: string[]): Promise<T> {
  const { stdout } = await run("aws", ["ec2", command, "--region", region, "--output", "json", ...args], { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as T;
}

async function fromAws() {
  const filter = (name: string): string => `Name=${name},Values=${FAMILIES.map((family) => `${family}.*`).join(",")}`;
  const types: InstanceTypeAnswer[] = [];
  const offerings: Record<string, OfferingAnswer[]> = {};
  for (const region of REGIONS) {
    const described = await ask<{ InstanceTypes: InstanceTypeAnswer[] }>(
      "describe-instance-types",
      region,
      "--filters",
      filter("instance-type"),
    );
    types.push(...described.InstanceTypes);
    const offered = await ask<{ InstanceTypeOfferings: OfferingAnswer[] }>(
      "describe-instance-type-offerings",
      region,
      "--location-type",
      "availability-zone-id",
      "--filters",
      filter("instance-type"),
    );
    offerings[region] = offered.InstanceTypeOfferings;
  }
  return { types, offerings };
}

async function fromFolder(folder: string) {
  const read = async <T>(file: string): Promise<T> => JSON.parse(await readFile(join(folder, file), "utf8")) as T;
  const types = await read<InstanceTypeAnswer[]>("instance-types.json");
  const pairs = REGIONS.map(async (region) => [region, await read<OfferingAnswer[]>(`${region}.json`)] as const);
  return { types, offerings: Object.fromEntries(await Promise.all(pairs)) };
}

const { values } = parseArgs({
  options: { from: { type: "string" }, "as-of": { type: "string" }, source: { type: "string" }, into: { type: "string" } },
});
const folder = namedFolder("--into", values.into ?? join(import.meta.dirname, "../components/instances"), "writable");
const { types, offerings } =
  values.from === undefined ? await fromAws() : await fromFolder(namedFolder("--from", values.from, "readable"));
const asOf = values["as-of"] ?? new Date().toISOString().slice(0, 10);
const source = values.source ?? "aws ec2 describe-instance-types, describe-instance-type-offerings";
await writeFile(join(folder, "table.ts"), instanceTable(types, asOf, source));
await writeFile(join(folder, "offerings-table.ts"), offeringsTable(offerings, asOf, source));
console.log(`${folder}: ${REGIONS.length} regions as of ${asOf}`);
