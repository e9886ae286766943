import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { textIn } from "#stacks/inputs/releases/folder";
import {
  contentOf,
  FORMS,
  folderOfReleases,
  modelsReleased,
  placeOf,
  platformIds,
  versionsOf,
} from "#stacks/inputs/releases/read";
import { APPROVAL, approvalFiles } from "../approvals/files.ts";
import { SETTINGS } from "../settings.ts";
import { replaceFile } from "./write.ts";

/**
 * Writes every file that says the right things in another form as it must be.
 *
 * @returns the files that were written.
 * @throws {pulumi.RunError} listing the files that say something else; then none is written.
 */
export function formatReleases(folder = folderOfReleases()): string[] {
  const files = [
    ...modelsReleased(folder).flatMap((model) =>
      versionsOf(model, folder).map((version) => [FILES.modelRelease(model, version), FORMS.model] as const),
    ),
    ...platformIds(folder).map((id) => [FILES.platformRelease(id), FORMS.platform] as const),
    ...ENVIRONMENTS.map((environment) => [FILES.pointer(environment), FORMS.pointer] as const),
    [FILES.signers, FORMS.signers] as const,
    [FILES.promotion, SETTINGS] as const,
    ...approvalFiles(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => [name, APPROVAL] as const),
  ];
  const problems: string[] = [];
  const texts = files.flatMap(([name, form]) => {
    const path = placeOf(name, folder);
    try {
      const text = textIn(name, folder);
      if (text === undefined) {
        return [];
      }
      const canonical = canonicalOf(name, text, form);
      return readFileSync(path).equals(Buffer.from(canonical)) ? [] : [{ name, path, canonical }];
    } catch (error) {
      if (!pulumi.RunError.isInstance(error)) {
        throw error;
      }
      problems.push(error.message);
      return [];
    }
  });
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.join("\n"));
  }
  texts.forEach(({ path, canonical }) => replaceFile(path, canonical));
  return texts.map(({ name }) => name);
}

type AnyForm = (typeof FORMS)[keyof typeof FORMS] | typeof SETTINGS | typeof APPROVAL;

const canonicalOf = (name: string, text: string, form: AnyForm): string =>
  (form.textFor as (content: unknown) => string)(contentOf<unknown>(name, text, form));
