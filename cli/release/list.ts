import { type Listing, listReleases } from "#promotion/releases/list";
import { table } from "#render/table";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { suggestion } from "#stacks/wording";
import { BadInput, environmentNamed } from "../bad-input.ts";
import { answer } from "../say.ts";

interface Options {
  model?: string;
  env?: string;
  json?: boolean;
}

/** `release list`. */
export async function list({ model, env, json = false }: Options): Promise<void> {
  const names = Object.keys(models);
  if (model !== undefined && !names.includes(model)) {
    throw new BadInput(
      `'--model' must be a model of ${FILES.models} (${names.join(", ")}), got '${model}'${suggestion(model, names)}`,
    );
  }
  const listing = await listReleases({ model, environment: env === undefined ? undefined : environmentNamed(env) });
  answer(json, listing, () => textOf(listing));
}

function textOf({ models: versions, platform }: Listing): string {
  const ofModels = versions.map(({ model, version, metrics, data, author, time, signedBy, runsIn }) => [
    model,
    version,
    String(metrics.test["auc"] ?? "–"),
    data,
    author,
    time,
    signedBy ?? "–",
    runsIn.join(", ") || "–",
  ]);
  const ofPlatform = platform.map(({ id, program, author, time, signedBy, runsIn }) => [
    id,
    program.slice(0, 7),
    author,
    time,
    signedBy ?? "–",
    runsIn.join(", ") || "–",
  ]);
  return [
    ...(ofModels.length === 0
      ? ["no release of a model"]
      : [table(["model", "version", "auc (test)", "data", "author", "time", "signed by", "runs in"], ofModels)]),
    ...(ofPlatform.length === 0
      ? []
      : ["", table(["platform", "program", "author", "time", "signed by", "runs in"], ofPlatform)]),
  ].join("\n");
}
