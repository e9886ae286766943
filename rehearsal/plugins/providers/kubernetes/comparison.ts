// What an update of an object changes, and when the object must be made anew.

import { type Bag, differences, reveal } from "#engine/values";
import { KubeError } from "../../../cluster/controlplane/kube-error.ts";
import type { Comparison } from "../../protocol/messages.ts";
import type { Old } from "../../protocol/stand-in.ts";
import { isAutonamed } from "./naming.ts";
import { identity, type Objects } from "./objects.ts";

/** How an object differs from what the program now says, and whether it must be made anew. */
export async function comparison(
  old: Old,
  inputs: Bag,
  { objects, settings }: { objects: Objects; settings: Bag },
): Promise<Comparison> {
  const changes = differences(old.inputs, inputs);
  if (changes.size === 0) {
    return { changes };
  }
  const replaces = [...changes.keys()].filter((path) => replacing(path, inputs["kind"], settings));
  if (replaces.length === 0) {
    // Immutable fields are the server's knowledge: a dry run finds them without a table.
    const refusal = await objects.tryApply(inputs).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal instanceof KubeError && refusal.status === 422 && /immutable|forbidden: updates to/i.test(refusal.message)) {
      replaces.push(...[...changes.keys()].filter((path) => !path.startsWith("metadata.")));
    }
  }
  // Without a namespace of its own the new object goes where the old one was.
  const { namespace } = reveal(old.outputs)["metadata"];
  const sameName = old.id === identity({ metadata: { namespace, ...reveal(inputs)["metadata"] } });
  return { changes, replaces, deleteBeforeReplace: replaces.length > 0 && sameName && !isAutonamed(inputs) };
}

function replacing(path: string, kind: string, settings: Bag): boolean {
  const content = /^(data|binaryData|stringData)\b/.test(path);
  return (
    /^(apiVersion|kind|metadata\.(name|namespace))$/.test(path) ||
    (content && kind === "ConfigMap" && String(settings["enableConfigMapMutable"]) !== "true") ||
    (content && kind === "Secret" && String(settings["enableSecretMutable"]) !== "true")
  );
}
