import { modelsNamespace } from "#components/teams/team";
import { type LiveModel, liveModels } from "#promotion/rollouts/live";
import { models } from "#stacks/inputs/models";
import { printable, shown, suggestion } from "#stacks/wording";
import { BadInput } from "../bad-input.ts";

/**
 * A model that the cluster of the current kubeconfig serves. Its namespace is asked alone where the program knows it: who looks after one team need not see the others.
 *
 * @throws {BadInput} when no model has that name.
 */
export async function servedModel(name: string): Promise<LiveModel> {
  const team = Object.hasOwn(models, name) ? models[name]?.team : undefined;
  const all = await liveModels(team === undefined ? undefined : modelsNamespace(team));
  const live = all.find(({ model }) => model === name);
  if (live === undefined) {
    const names = all.map(({ model }) => model);
    throw new BadInput(
      `the model must be one that the cluster serves (${names.map(printable).join(", ") || "it serves none"}), got ${shown(name)}${suggestion(name, names)}`,
    );
  }
  return live;
}
