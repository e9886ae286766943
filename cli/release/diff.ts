import { differenceOf } from "#promotion/releases/difference";
import { find } from "#promotion/releases/references";
import { bold } from "#render/terminal";
import { answer } from "../say.ts";
import { differenceText } from "./text.ts";

/** `release diff`. */
export function diff(from: string, to: string, { json = false }: { json?: boolean }): void {
  const [one, other] = [find(from), find(to)];
  const differences = differenceOf(one, other);
  answer(
    json,
    { from: one.file, to: other.file, differences },
    () => `${bold(`${nameOf(one)} → ${nameOf(other)}`)}\n${differenceText(differences)}`,
  );
}

const nameOf = (found: ReturnType<typeof find>): string =>
  found.kind === "model" ? `${found.release.model} ${found.release.version}` : `platform ${found.release.id}`;
