// Every object goes to a real API server by server-side apply, so previews are validated by the
// cluster's own schemas, defaults and admission. Left out: rendering charts, and patches of objects that others own.

import { adoptDrift, type Bag, reveal } from "#engine/values";
import { Kube } from "../../../cluster/controlplane/kube.ts";
import { isMissing } from "../../../cluster/controlplane/kube-error.ts";
import { installedVersion } from "../../packages.ts";
import type { Old, Operation, StandIn, Stored, Subject } from "../../protocol/stand-in.ts";
import { comparison } from "./comparison.ts";
import { build, documents } from "./components.ts";
import { readKubeconfig } from "./kubeconfig.ts";
import { withName } from "./naming.ts";
import { content, identity, type Objects, objectsOf, outputsOf } from "./objects.ts";
import { gone, settle } from "./readiness.ts";
import { checkRelease, compareRelease, createRelease, deleteRelease, isRelease, updateRelease } from "./release.ts";

/** The stand-in for the `kubernetes` provider. */
export function kubernetes(): StandIn {
  let settings: Bag = {};
  let connected: Kube | undefined;
  // Connects on first use: a program without objects needs no cluster.
  const kube = (): Kube =>
    (connected ??= new Kube(readKubeconfig(settings["kubeconfig"], settings["context"], settings["namespace"])));
  const objects = objectsOf(kube);
  const upsert = (): boolean => String(settings["upsertExistingObjects"]) === "true";

  return {
    version: installedVersion("@pulumi/kubernetes"),
    configure(given) {
      settings = reveal(given);
      connected = undefined;
    },
    check: (subject, inputs, old, help) => ({
      inputs: isRelease(subject) ? checkRelease(subject, inputs, old, help) : withName(inputs, old, subject.name, help),
    }),
    compare: (subject, old, inputs) =>
      isRelease(subject) ? compareRelease(old.inputs, inputs) : comparison(old, inputs, { objects, settings }),
    create: (subject, inputs, operation) =>
      isRelease(subject) ? createRelease(subject, inputs, kube, operation) : create(objects, inputs, operation, upsert()),
    async update(subject, old, inputs, operation) {
      if (isRelease(subject)) {
        return updateRelease(old, inputs, kube, operation);
      }
      if (operation.preview) {
        return { id: old.id, outputs: outputsOf((await objects.tryApply(inputs)) ?? inputs, inputs) };
      }
      return applied(objects, inputs, operation);
    },
    read: (subject, old) => (isRelease(subject) ? Promise.resolve(old) : read(objects, subject, old)),
    async delete(subject, { outputs }, operation) {
      if (isRelease(subject)) {
        return deleteRelease(outputs, kube(), operation);
      }
      const path = await objects.locate(reveal(outputs));
      if (path !== undefined) {
        await remove(kube(), path, reveal(outputs), operation);
      }
    },
    construct: build,
    invoke(token, args) {
      // The only function that the older, client-side YAML and Kustomize components need.
      if (token !== "kubernetes:yaml:decode") {
        throw new Error(`the stand-in kubernetes provider has no function ${token}`);
      }
      const { text, defaultNamespace } = reveal(args);
      return { result: documents(text, defaultNamespace) };
    },
  };
}

async function create(objects: Objects, inputs: Bag, operation: Operation, upsert: boolean): Promise<Stored> {
  const manifest = reveal(inputs);
  const path = await objects.locate(manifest);
  // Apply would silently take over an object that somebody else made.
  if (path !== undefined && !upsert && (await objects.kube().find(path))) {
    throw new Error(
      `resource ${identity(manifest)} was not successfully created by the Kubernetes API server: ` +
        `${manifest.kind} "${manifest.metadata.name}" already exists; import it, rename it, or set upsertExistingObjects`,
    );
  }
  if (operation.preview) {
    return { id: "", outputs: outputsOf((await objects.tryApply(inputs)) ?? inputs, inputs) };
  }
  return applied(objects, inputs, operation);
}

async function applied(objects: Objects, inputs: Bag, operation: Operation): Promise<Stored> {
  const kube = objects.kube();
  const { live, notReady } = await settle(kube, await kube.pathOf(reveal(inputs)), await objects.apply(inputs), operation);
  return { id: identity(live), outputs: outputsOf(live, inputs), ...(notReady ? { notReady } : {}) };
}

async function read(
  objects: Objects,
  { type }: Subject,
  { id, inputs }: Old,
): Promise<{ inputs: Bag; outputs: Bag } | undefined> {
  const [, apiGroup = "", kind] = type.split(":");
  const [name, namespace] = id.split("/").toReversed();
  const metadata = { name, ...(namespace ? { namespace } : {}) };
  // An import has no inputs yet: the token and the id say which object is meant.
  const known = Object.keys(inputs).length > 0;
  const manifest = known ? reveal(inputs) : { apiVersion: apiGroup.replace(/^core\//, ""), kind };
  const path = await objects.locate({ ...manifest, metadata: { ...manifest.metadata, ...metadata } });
  const live = path === undefined ? undefined : await objects.kube().find(path);
  if (!live) {
    return undefined;
  }
  if (!known) {
    const { status: _status, ...spec } = content(live);
    const { uid: _uid, creationTimestamp: _created, ...rest } = spec["metadata"];
    return { inputs: { ...spec, metadata: rest }, outputs: outputsOf(live, {}) };
  }
  // Where applying the same inputs again would change nothing, nothing drifted.
  const again = await objects.tryApply(inputs).catch(() => undefined);
  return { inputs: adoptDrift(inputs, content(live), again && content(again)), outputs: outputsOf(live, inputs) };
}

async function remove(kube: Kube, path: string, object: Bag, operation: Operation): Promise<void> {
  const policy: string = object["metadata"].annotations?.["pulumi.com/deletionPropagationPolicy"] ?? "background";
  await kube.delete(path, { propagation: policy.charAt(0).toUpperCase() + policy.slice(1) }).catch((error: unknown) => {
    if (!isMissing(error)) {
      throw error;
    }
  });
  await gone(kube, path, operation);
}
