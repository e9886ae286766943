// `npm run refresh:versions`: rewrites the table of Kubernetes versions and add-ons from what EKS answers today.
//
// It needs the AWS command line and the rights `eks:DescribeClusterVersions` and `eks:DescribeAddonVersions`. The answers hold for all
// regions of a partition, so the configured one is asked. With `--kubernetes <version>` new clusters get another version: a change of the
// default. Rule EKS-05 names the ends of support again; a test says when they differ.
//
// With `--as-of <day>` and `--source <text>` the table names another day and source, with `--into <folder>` it is written elsewhere.

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { ADDONS, KUBERNETES } from "#components/versions";
import { namedFolder } from "./named-folder.ts";
import { type AddonAnswer, type ClusterVersionAnswer, versionsTable } from "./versions/table.ts";

const run = promisify(execFile);

/** The answer to `aws eks <command>`, all pages of it. */
async function ask<T>(...command: string[]): Promise<T> {
  const { stdout } = await run("aws", ["eks", ...command, "--output", "json"], { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as T;
}

const { values } = parseArgs({
  options: {
    kubernetes: { type: "string", default: KUBERNETES.default },
    "as-of": { type: "string", default: new Date().toISOString().slice(0, 10) },
    source: { type: "string", default: "aws eks describe-cluster-versions, describe-addon-versions" },
    into: { type: "string", default: join(import.meta.dirname, "../components") },
  },
});
const folder = namedFolder("--into", values.into, "writable");
const { clusterVersions } = await ask<{ clusterVersions: ClusterVersionAnswer[] }>("describe-cluster-versions");
const { addons } = await ask<{ addons: AddonAnswer[] }>("describe-addon-versions", "--kubernetes-version", values.kubernetes);
const names = Object.keys(ADDONS);
const table = versionsTable({ ...values, asOf: values["as-of"], clusterVersions, addons, names });
await writeFile(join(folder, "cluster-versions.ts"), table);
console.log(`${values.into}: Kubernetes ${values.kubernetes} and ${names.length} add-ons as of ${values["as-of"]}`);
