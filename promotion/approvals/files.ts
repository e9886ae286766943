import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { canonicalText, digestOfRelease, signedText } from "#stacks/inputs/releases/canonical";
import { filesBelow } from "#stacks/inputs/releases/folder";
import { type Form, folderOfReleases, placeOf, readFileOf } from "#stacks/inputs/releases/read";
import { hex, line, PLATFORM_ID, signatureOfKey, time, VERSION } from "#stacks/inputs/releases/schema";
import { shown } from "#stacks/wording";
import { makersOf, peopleBehind } from "../people.ts";
import type { Found } from "../releases/references.ts";
import { type AnyRelease, isOver, keyOfSigner, readSigners, scopeOf } from "../releases/signatures.ts";
import { replaceFile } from "../releases/write.ts";
import { approversOf, readSettings, type Settings } from "../settings.ts";
import { nameOf, slugOf } from "../subjects.ts";
import { URN, URN_RULE } from "../urn.ts";
import { type Approvals, type Approved, NOTHING } from "./approval.ts";

/** Approvals that people have signed, in the folder of the releases. */
export interface SignedFiles {
  kind: "files";
  /** @default - the folder of the releases */
  folder?: string;
}

const approvalFile = z.strictObject({
  /** What is approved. */
  approves: z.strictObject({
    /** Resources with data that may be replaced or deleted by it. @default - none */
    allowReplace: z.optional(
      z.array(z.string().regex(URN, { error: URN_RULE })).min(1, {
        error: "must be a list with at least one URN; left out, nothing with data may go",
      }),
    ),
    digest: hex,
    environment: z.enum(ENVIRONMENTS, { error: `must be an environment (${ENVIRONMENTS.join(", ")})` }),
    subject: z.string().regex(/^(platform|models\/[a-z][a-z0-9-]*)$/, { error: "must be platform, or models/<model>" }),
    to: z.string().refine((to) => VERSION.test(to) || PLATFORM_ID.test(to), {
      error: "must be a version in quotes, or the id of a platform release",
    }),
  }),
  /** Person of `releases/promotion.json`. */
  by: line,
  /** What the person says about it. */
  comment: z.optional(line),
  /** Ed25519 signature by the key of the person, base64. */
  signature: signatureOfKey,
  time,
});

/** An approval that a person has signed. */
export type ApprovalFile = z.infer<typeof approvalFile>;

export const APPROVAL: Form<ApprovalFile> = {
  schema: approvalFile,
  textFor: canonicalText,
  missing:
    "must be a file with an approval, got nothing: npx millrace promote approve <release> --to <environment> --sign-key <file> writes it",
};

/** Names of all files below the folder of approvals. */
export const approvalFiles = (folder = folderOfReleases()): string[] => filesBelow(`${RELEASES}/approvals`, folder).sort();

/**
 * An approval with what is wrong with it.
 *
 * @throws {pulumi.RunError} when the file has another content, form or place, or its signature is not that of the person.
 */
export function readApproval(name: string, settings: Settings, folder = folderOfReleases()): ApprovalFile {
  const read = readFileOf(name, APPROVAL, folder);
  const { approves, by, signature } = read;
  const place = FILES.approval(approves.environment, slugOf(approves), by);
  if (place !== name) {
    throw new pulumi.RunError(`${name} must be where what it says belongs, ${place}, got another place: move it there`);
  }
  const key = Object.hasOwn(settings.people, by) ? settings.people[by]!.key : undefined;
  const own = key === undefined ? undefined : readSigners(folder).keys.get(key);
  if (own === undefined) {
    throw new pulumi.RunError(
      `${name}: by must be somebody with a key in ${FILES.promotion} (${withKeys(settings).join(", ") || "nobody yet"}), got ${shown(by)}`,
    );
  }
  if (!isOver(signedText(read), signature, own)) {
    throw new pulumi.RunError(
      `${name}: signature must be ${by}'s over this approval, got one of other bytes or of another key: approve it again`,
    );
  }
  return read;
}

const withKeys = ({ people }: Settings): string[] => Object.keys(people).filter((each) => people[each]!.key !== undefined);

/** What the files of an environment say. One that cannot be read counts for nothing, and is told of. */
export function approvalsInFiles(
  { folder = folderOfReleases() }: SignedFiles,
  environment: EnvironmentName,
  settings: Settings,
): Approvals {
  const given: Approvals["given"][number][] = [];
  const refused: string[] = [];
  for (const name of approvalFiles(folder).filter((each) => each.startsWith(`${RELEASES}/approvals/${environment}/`))) {
    try {
      const { by, time: at, approves } = readApproval(name, settings, folder);
      given.push({ by, source: name, time: new Date(at).toISOString(), approves: [approves] });
    } catch (error) {
      if (!pulumi.RunError.isInstance(error)) {
        throw error;
      }
      refused.push(error.message);
    }
  }
  return { ...NOTHING, given, refused };
}

/** What a person approves. */
export interface ApprovalRequest {
  environment: EnvironmentName;
  release: Found;
  /** File with the person's private key. */
  keyFile: string;
  comment?: string | undefined;
  /** URNs of resources with data that may go. @default - none */
  allowReplace?: readonly string[] | undefined;
  now: Date;
}

/**
 * Approves a release for an environment, and writes that down. An approval that the person gave before is replaced.
 *
 * @returns the file, and who approves.
 * @throws {pulumi.RunError} when the key is nobody's, or its owner may not approve this; then nothing is written.
 */
export function approve(
  { environment, release: { release }, keyFile, comment, allowReplace = [], now }: ApprovalRequest,
  folder = folderOfReleases(),
): { file: string; by: string } {
  const settings = readSettings(folder);
  const { name, signatureOver } = keyOfSigner(keyFile, folder);
  const [by] = peopleBehind({ kind: "key", name }, settings);
  if (by === undefined) {
    throw new pulumi.RunError(
      `${FILES.promotion}: people must have somebody whose key is ${shown(name)}, got nobody: add "key": "${name}" to that person`,
    );
  }
  const approves: Approved = {
    ...(allowReplace.length > 0 && { allowReplace: [...new Set(allowReplace)].sort() }),
    digest: digestOfRelease(release),
    environment,
    subject: scopeOf(release),
    to: "model" in release ? release.version : release.id,
  };
  demandRight(by, approves, release, settings);
  const said = comment === undefined ? undefined : line.safeParse(comment);
  if (said?.success === false) {
    throw new pulumi.RunError(`'--comment' ${said.error.issues[0]!.message}, got ${shown(comment)}`);
  }
  const urn = allowReplace.find((each) => !URN.test(each));
  if (urn !== undefined) {
    throw new pulumi.RunError(`'--allow-replace' ${URN_RULE}, got ${shown(urn)}: the plan shows it`);
  }
  const content = { approves, by, ...(comment !== undefined && { comment }), time: now.toISOString().replace(/\.\d+Z$/, "Z") };
  const signature = signatureOver(signedText({ ...content, signature: undefined }));
  const file = FILES.approval(environment, slugOf(approves), by);
  const path = placeOf(file, folder);
  mkdirSync(dirname(path), { recursive: true });
  replaceFile(path, APPROVAL.textFor({ ...content, signature }));
  return { file, by };
}

/** Refuses at once what the gate would not count. */
function demandRight(by: string, { environment, subject, to }: Approved, release: AnyRelease, settings: Settings): void {
  const may = approversOf(settings, environment, subject);
  if (!may.includes(by)) {
    throw new pulumi.RunError(
      `${FILES.promotion}: approvers.${environment} must name ${by} for ${subject} for ${by} to approve it, got ${may.join(", ") || "nobody"}`,
    );
  }
  const made = makersOf(release).find((account) => peopleBehind(account, settings).includes(by));
  if (made !== undefined) {
    throw new pulumi.RunError(
      `whoever approves ${nameOf({ subject, to })} must not have released it, got ${by}, who did (${made.name}): ask somebody else`,
    );
  }
}
