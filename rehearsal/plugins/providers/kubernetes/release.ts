// Helm releases are recorded: nothing of a chart is rendered. Pods of the size of its own stand in for it, so that the scheduler finds each a node.

import { setTimeout as sleep } from "node:timers/promises";
import { podsOfRelease } from "#components/pods/chart-pods";
import { type Bag, differences, reveal } from "#engine/values";
import { counted } from "#render/counted";
import type { Kube } from "../../../cluster/controlplane/kube.ts";
import { isMissing, KubeError } from "../../../cluster/controlplane/kube-error.ts";
import { applyStandIns, standInsOf, unplaced } from "../../../cluster/nodes/chart-pods.ts";
import { tell } from "../../protocol/engine-log.ts";
import type { Comparison } from "../../protocol/messages.ts";
import type { NamingHelp, Old, Operation, Stored, Subject } from "../../protocol/stand-in.ts";
import { inventName } from "./naming.ts";
import { gone } from "./readiness.ts";

let told = false;

/** Whether a resource is a Helm release. */
export const isRelease = ({ type }: Subject): boolean => type === "kubernetes:helm.sh/v3:Release";

/** Says once, and not for each chart, what a reader of the result must know. */
export function tellRecorded(urn: string): void {
  if (!told) {
    told = true;
    tell(
      "info",
      "Helm charts are recorded, not rendered: of their objects only the pods exist in this cluster, as stand-ins of their size",
      urn,
    );
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
export async function createRelease(subject: Subject, inputs: Bag, kube: () => Kube, operation: Operation): Promise<Stored> {
  const { name, namespace = "default", createNamespace = false } = reveal(inputs);
  if (operation.preview) {
    return { id: "", outputs: inputs };
  }
  tellRecorded(subject.urn);
  if (createNamespace) {
    await ensureNamespace(kube(), namespace);
  }
  return { id: `${namespace}/${name}`, outputs: recorded(inputs, 1), ...(await placed(inputs, kube(), operation)) };
}

/** Records another revision of a release. */
export async function updateRelease(old: Old, inputs: Bag, kube: () => Kube, operation: Operation): Promise<Stored> {
  const outputs = recorded(inputs, Number(reveal(old.outputs)["status"]?.revision ?? 0) + 1);
  return { id: old.id, outputs, ...(operation.preview ? {} : await placed(inputs, kube(), operation)) };
}

/** Removes what stands in for the pods of a release, a volume after the pods that use it: it stays until they are gone. */
export async function deleteRelease(outputs: Bag, kube: Kube, operation: Operation): Promise<void> {
  for (const object of (podsOfRelease(reveal(outputs)) ?? []).flatMap(standInsOf).toReversed()) {
    const path = await kube.pathOf(object);
    await kube.delete(path, { propagation: "Background" }).catch((error: unknown) => {
      if (!isMissing(error)) {
        throw error;
      }
    });
    await gone(kube, path, operation);
  }
}

/** Seconds that a release waits for its pods, as Helm does by default. */
const DEFAULT_SECONDS = 300;

/** Makes a stand-in for each pod of the chart and waits, as Helm does, until all of them have a node. */
async function placed(inputs: Bag, kube: Kube, { signal, timeoutSeconds }: Operation): Promise<{ notReady?: string[] }> {
  const workloads = podsOfRelease(reveal(inputs)) ?? [];
  await applyStandIns(kube, workloads);
  const deadline = Date.now() + (timeoutSeconds || DEFAULT_SECONDS) * 1_000;
  // Their controller needs a moment to make them.
  await sleep(workloads.length > 0 ? 300 : 0);
  for (const workload of workloads) {
    for (let pods = await unplaced(kube, workload); pods > 0; pods = await unplaced(kube, workload)) {
      if (Date.now() >= deadline || signal.aborted) {
        return { notReady: [`${workload.kind} ${workload.name} of the chart has ${counted(pods, "pod")} without a node`] };
      }
      await sleep(500);
    }
  }
  return {};
}

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
