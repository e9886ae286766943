// Helm releases are recorded: nothing of a chart is rendered or installed.

import { type Bag, differences, reveal } from "#engine/values";
import type { Kube } from "../../../cluster/controlplane/kube.ts";
import { KubeError } from "../../../cluster/controlplane/kube-error.ts";
import { tell } from "../../protocol/engine-log.ts";
import type { Comparison } from "../../protocol/messages.ts";
import type { NamingHelp, Old, Stored, Subject } from "../../protocol/stand-in.ts";
import { inventName } from "./naming.ts";

let told = false;

/** Whether a resource is a Helm release. */
export const isRelease = ({ type }: Subject): boolean => type === "kubernetes:helm.sh/v3:Release";

/** Says once, and not for each chart, what a reader of the result must know. */
export function tellRecorded(urn: string): void {
  if (!told) {
    told = true;
    tell("info", "Helm charts are recorded, not rendered: their objects do not exist in this cluster", urn);
  }
}

/** The inputs of a release with its name. */
export const checkRelease = (subject: Subject, inputs: Bag, old: Bag, help: NamingHelp): Bag => ({
  name: old["name"] ?? inventName(subject.name, help),
  ...inputs,
});

/** A release keeps its name and namespace for life. */
export function compareRelease(old: Bag, inputs: Bag): Comparison {
  const changes = differences(old, inputs);
  return { changes, replaces: [...changes.keys()].filter((path) => path === "name" || path === "namespace") };
}

/** Records a release; like Helm it makes the namespace when told to (`createNamespace`), and like Helm it leaves it behind. */
export async function createRelease(subject: Subject, inputs: Bag, kube: () => Kube, preview: boolean): Promise<Stored> {
  const { name, namespace = "default", createNamespace = false } = reveal(inputs);
  if (preview) {
    return { id: "", outputs: inputs };
  }
  tellRecorded(subject.urn);
  if (createNamespace) {
    await ensureNamespace(kube(), namespace);
  }
  return { id: `${namespace}/${name}`, outputs: recorded(inputs, 1) };
}

/** Records another revision of a release. */
export const updateRelease = (old: Old, inputs: Bag): Stored => ({
  id: old.id,
  outputs: recorded(inputs, Number(reveal(old.outputs)["status"]?.revision ?? 0) + 1),
});

async function ensureNamespace(kube: Kube, name: string): Promise<void> {
  if (await kube.find(`/api/v1/namespaces/${name}`)) {
    return;
  }
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  await kube.call("POST", "/api/v1/namespaces", namespace).catch((error: unknown) => {
    // Two charts of one deployment may share a namespace.
    if (!(error instanceof KubeError && error.status === 409)) {
      throw error;
    }
  });
}

function recorded(inputs: Bag, revision: number): Bag {
  const { name, namespace = "default", chart, version } = reveal(inputs);
  const status = { name, namespace, chart, version, revision, appVersion: version, status: "deployed" };
  return { ...inputs, status, resourceNames: {} };
}
