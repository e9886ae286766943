import { approve } from "#promotion/approvals/files";
import { find } from "#promotion/releases/references";
import { environmentNamed } from "../bad-input.ts";
import { answer } from "../say.ts";
import { lineIn } from "./line.ts";

interface Options {
  to: string;
  signKey: string;
  comment?: string;
  allowReplace?: string[];
  json?: boolean;
}

/** `promote approve`. */
export function approveRelease(what: string, { to, signKey, comment, allowReplace, json = false }: Options): void {
  const environment = environmentNamed(to);
  const { file, by } = approve({
    environment,
    release: find(what),
    keyFile: signKey,
    comment: comment === undefined ? undefined : lineIn("--comment", comment),
    allowReplace,
    now: new Date(),
  });
  answer(json, { file, by }, () => `${by} approves ${what} for ${environment}: ${file}\ncommit it`);
}
