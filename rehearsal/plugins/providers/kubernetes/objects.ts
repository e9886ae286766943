// Objects of a program as the API server knows them.

import { type Bag, containsUnknown, restoreSecrets, reveal, secret } from "#engine/values";
import { type Cluster, isMissing } from "./cluster.ts";

/** Where objects live, and what would become of them. */
export interface Objects {
  cluster(): Cluster;

  /** The path of an object; `undefined` when the cluster does not serve its kind yet. */
  locate(manifest: Bag): Promise<string | undefined>;

  /** The same, and `undefined` too while the name is not known. */
  locateKnown(manifest: Bag): Promise<string | undefined>;

  /** @throws {Error} when the cluster does not serve the kind */
  mustLocate(manifest: Bag): Promise<string>;

  /** Asks the server what would happen. `undefined`: it cannot know, because something is not there yet. */
  tryApply(inputs: Bag): Promise<Bag | undefined>;
}

/** Objects in the cluster that a provider is configured for. */
export function objectsOf(cluster: () => Cluster): Objects {
  const locate = async (manifest: Bag): Promise<string | undefined> => {
    const kind = await cluster().kind(manifest["apiVersion"], manifest["kind"]);
    const { name, namespace = cluster().access.namespace } = manifest["metadata"];
    return kind && cluster().path(kind, namespace, name);
  };
  return {
    cluster,
    locate,
    locateKnown: async (manifest) => (containsUnknown(manifest["metadata"]) ? undefined : locate(manifest)),
    mustLocate: async (manifest) => {
      const path = await locate(manifest);
      if (path === undefined) {
        throw new Error(
          `no matches for kind "${manifest["kind"]}" in version "${manifest["apiVersion"]}"; ` +
            "is its custom resource definition installed, and does this resource depend on it?",
        );
      }
      return path;
    },
    tryApply: async (inputs) => {
      const path = containsUnknown(inputs) ? undefined : await locate(reveal(inputs));
      if (path === undefined) {
        return undefined;
      }
      return cluster()
        .apply(path, reveal(inputs), { dryRun: true })
        .catch((error) => {
          // The namespace is created by the same program.
          if (isMissing(error)) {
            return undefined;
          }
          throw error;
        });
    },
  };
}

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
