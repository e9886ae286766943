// Objects of a program as the API server knows them.

import { type Bag, containsUnknown, restoreSecrets, reveal, secret } from "#engine/values";
import type { Json, Kube, KubeObject } from "../../../cluster/controlplane/kube.ts";
import { isMissing } from "../../../cluster/controlplane/kube-error.ts";

/** Field ownership in server-side apply goes by this name. */
const MANAGER = "pulumi-kubernetes-stand-in";

/** Where objects live, and what would become of them. */
export interface Objects {
  kube(): Kube;

  /** The path of an object; `undefined` when the cluster does not serve its kind yet. */
  locate(manifest: Bag): Promise<string | undefined>;

  /** Applies an object. `force`, because a provider owns what its program declares. */
  apply(inputs: Bag): Promise<Json>;

  /** Asks the server what would happen. `undefined`: it cannot know, because something is not there yet. */
  tryApply(inputs: Bag): Promise<Json | undefined>;
}

/** Objects in the cluster that a provider is configured for. */
export function objectsOf(kube: () => Kube): Objects {
  return {
    kube,
    locate: async (manifest) =>
      containsUnknown(manifest["metadata"]) ? undefined : ifThere(kube().pathOf(manifest as KubeObject)),
    apply: (inputs) => kube().apply(reveal(inputs), { manager: MANAGER }),
    tryApply: async (inputs) =>
      containsUnknown(inputs) ? undefined : ifThere(kube().apply(reveal(inputs), { manager: MANAGER, dryRun: true })),
  };
}

/** `undefined` where a kind or a namespace is missing: the same program may make it. */
const ifThere = <Found>(asked: Promise<Found>): Promise<Found | undefined> =>
  asked.catch((error: unknown) => {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  });

/** `namespace/name`, or the name of what has no namespace. */
export const identity = ({ metadata }: Bag): string =>
  metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;

/** What the state file keeps: the live object, with secrets wherever the program had them. */
export function outputsOf(live: Bag, inputs: Bag): Bag {
  const { managedFields: _, ...metadata } = live["metadata"];
  const outputs = restoreSecrets({ ...live, metadata }, inputs);
  if (live["kind"] !== "Secret") {
    return outputs;
  }
  // The server moves stringData into data, where no input marks it.
  const hidden = ["data", "stringData"].filter((key) => live[key] !== undefined);
  return { ...outputs, ...Object.fromEntries(hidden.map((key) => [key, secret(reveal(live[key]))])) };
}

/** An object without what the server changes on its own. */
export function content(live: Bag): Bag {
  const { status: _status, ...rest } = live;
  const { managedFields: _managed, resourceVersion: _version, generation: _generation, ...metadata } = live["metadata"];
  return { ...rest, metadata };
}
