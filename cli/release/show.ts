import { environmentsOf, find } from "#promotion/releases/references";
import { checkSignature, readSigners } from "#promotion/releases/signatures";
import { red } from "#render/terminal";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { answer } from "../say.ts";
import { releaseText } from "./text.ts";

/** `release show`. */
export async function show(name: string, { json = false }: { json?: boolean }): Promise<void> {
  const found = find(name);
  const { release, file } = found;
  const runsIn = environmentsOf(found);
  const { signature } = release;
  const verdict = signature === undefined ? undefined : await checkSignature({ ...release, signature }, readSigners());
  const signed = verdict === undefined ? "nobody" : (verdict.signer ?? red(`does not count: ${verdict.problem}`));
  const told = { file, digest: digestOfRelease(release), signedBy: verdict?.signer ?? null, runsIn, release };
  answer(json, told, () =>
    releaseText(release, [
      ["signed by", signed],
      ["runs in", runsIn.join(", ") || "no environment"],
      ["file", file],
    ]),
  );
}
