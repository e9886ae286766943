import type { Kube, KubeObject } from "#rehearsal/cluster/controlplane/kube";
import type { Recorded } from "../../harness/graph.ts";

/** The Kubernetes objects of these kinds that a program declares, as the provider would send them, in their order. */
export const objectsOf = (graph: readonly Recorded[], kinds: readonly string[]): KubeObject[] =>
  graph.flatMap(({ type, inputs }) => {
    const [, group = "", kind = ""] = /^kubernetes:([^:]+):(\w+)$/.exec(type) ?? [];
    return kinds.includes(kind) ? [{ ...inputs, apiVersion: group.replace(/^core\//, ""), kind } as unknown as KubeObject] : [];
  });

/** Applies objects one after the other: those of a namespace come after it. */
export async function applyAll(kube: Kube, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    await kube.apply(object, { manager: "pulumi" });
  }
}
