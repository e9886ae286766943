import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { inWords, problemsOf, suggestion } from "../wording.ts";
import { ENVIRONMENTS, type EnvironmentName } from "./environments/profile.ts";
import { FILES } from "./files.ts";
import { parseJson } from "./read-json.ts";
import { contradiction, type NamedBytes } from "./releases/bytes.ts";
import { folderOfReleases, textIn } from "./releases/folder.ts";
import type { ModelRelease } from "./releases/schema.ts";

/** A version of a model that has been stable: its bytes and its image, and the number by which people know it. */
const stableVersion = z.strictObject({
  version: z.string().regex(/^[1-9]\d*$/, { error: "must be a registered version number in quotes" }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: "must be 64 hexadecimal digits" }),
  image: z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: "must be sha256: and 64 hexadecimal digits" }),
});

const record = z.record(z.string(), z.array(stableVersion));

export type StableVersions = z.infer<typeof record>;

/**
 * Which versions have been stable in an environment, from `releases/stable/<env>.json`. No file means none. The delivery controller
 * cannot say it: its history counts the versions that were thrown out too (docs/decisions/quick-return.md).
 *
 * @param models names of all models.
 * @returns whether this version of a model, with these bytes and this image, has been stable.
 * @throws {pulumi.RunError} when the file has another form, or names a model that there is not.
 */
export function readStableVersions(
  environment: EnvironmentName,
  models: readonly string[],
  folder = folderOfReleases(),
): (model: string, released: ModelRelease) => boolean {
  const versions = readRecord(environment, folder);
  for (const name of Object.keys(versions)) {
    if (!models.includes(name)) {
      throw new pulumi.RunError(
        `${FILES.stable(environment)}: ${name} must be a model of ${FILES.models} (${models.join(", ")})${suggestion(name, models)}`,
      );
    }
  }
  return (model, { version, sha256, image: { digest } }) =>
    Object.hasOwn(versions, model) &&
    (versions[model] ?? []).some((each) => each.version === version && each.sha256 === sha256 && each.image === digest);
}

/** The record of an environment; empty without a file. @throws {pulumi.RunError} when the file is no record. */
export function readRecord(environment: EnvironmentName, folder = folderOfReleases()): StableVersions {
  const name = FILES.stable(environment);
  const text = textIn(name, folder);
  return text === undefined ? {} : checkedRecord(name, parseJson(name, text));
}

/** Every version that has been stable in any environment, with its bytes. */
export const bytesThatWereStable = (folder = folderOfReleases()): NamedBytes[] =>
  ENVIRONMENTS.flatMap((environment) => {
    const record = readRecord(environment, folder);
    return Object.keys(record).flatMap((model) => bytesIn(record, model, () => FILES.stable(environment)));
  });

const bytesIn = (record: StableVersions, model: string, place: (index: number) => string): NamedBytes[] =>
  (record[model] ?? []).map(({ version, sha256 }, index) => ({ model, version, sha256, place: place(index) }));

/** @throws {pulumi.RunError} when the content is no record, or contradicts itself. */
function checkedRecord(name: string, content: unknown): StableVersions {
  const parsed = record.safeParse(content, { error: inWords });
  if (!parsed.success) {
    throw new pulumi.RunError(
      problemsOf(parsed.error, content)
        .map(({ path: at, text }) => `${name}: ${at === "" ? "" : `${at} `}${text}`)
        .join("\n"),
    );
  }
  const problems = Object.keys(parsed.data).flatMap((model) =>
    bytesIn(parsed.data, model, (index) => `${model}[${index}]`).flatMap((own, index, all) => {
      const problem = contradiction(own, all.slice(0, index));
      return problem === undefined ? [] : [`${name}: ${own.place}.${problem}`];
    }),
  );
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.join("\n"));
  }
  return parsed.data;
}
