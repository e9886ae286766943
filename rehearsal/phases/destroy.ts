import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineFailure } from "#engine/failure";
import { counted } from "#render/counted";
import { LAYERS, type Layer } from "#stacks/contracts";
import { profiles } from "#stacks/inputs/environments/index";
import type { Kube } from "../cluster/controlplane/kube.ts";
import { controllersLast } from "../controllers-last.ts";
import { type DeletionOrder, deletionOrder } from "../deletion-order.ts";
import type { Outcome } from "../outcome.ts";
import { type Choice, type Context, phase } from "../phase.ts";
import { resourcesOf, type StateResource } from "../state.ts";
import { leftInCluster } from "./leftovers.ts";

/** A protected environment is destroyed on purpose only: the engine refuses, a person lifts the protection, layer by layer. */
export const protection = phase({
  name: "protection",
  summary: "shows that a protected environment refuses its destroy, then lifts the protection as a person does",
  needs: ["project", "foundation"],
  skip: (choice) =>
    profiles[choice.environment].protection.deletion ? keptUp(choice) : `${choice.environment} is not protected`,
  run: async ({ environment, workspace, outcome, update }) => {
    const stack = `foundation-${environment}`;
    update(`destroy of ${stack} must be refused`);
    const refusal = await workspace.engine.destroy(stack).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(refusal instanceof EngineFailure)) {
      throw new Error(`destroy of ${stack} must be refused while it is protected, it was not`);
    }
    for (const layer of standing(outcome)) {
      await workspace.engine.unprotect(`${layer}-${environment}`);
    }
    writeFileSync(join(workspace.folder, "unprotected"), "");
    return { detail: "destroy refused; protection then lifted by hand, as docs/guides/destroy.md says" };
  },
});

/** Takes down what has come up, last layer first. */
export const destroy = phase({
  name: "destroy",
  summary: "destroys every layer that came up: nothing is left, and what a component needs is deleted after the component",
  needs: ["control-plane", "project", "foundation", "protection"],
  skip: keptUp,
  run: async (context) => {
    const { workspace, environment, outcome, cluster, update } = context;
    let deleted = 0;
    const order: DeletionOrder = { components: 0, pairs: 0, faults: [] };
    const kept: string[] = [];
    for (const layer of standing(outcome).reverse()) {
      update(layer);
      const { count, found, retained } = await destroyLayer(`${layer}-${environment}`, context);
      deleted += count;
      order.components += found[0].components;
      for (const { pairs, faults } of found) {
        order.pairs += pairs;
        order.faults.push(...faults);
      }
      kept.push(...retained);
      await workspace.engine.removeStack(`${layer}-${environment}`);
    }
    outcome.deletionOrder = order;
    outcome.leftovers = await leftInCluster(cluster.kube, kept);
    if (outcome.leftovers.length > 0) {
      throw new Error(`destroy must leave nothing, it left ${outcome.leftovers.join(", ")}`);
    }
    demandOrder(order);
    return {
      detail: `${deleted} deleted, ${order.pairs} pairs in the right order · 0 left in the cluster${kept.length > 0 ? ` but ${kept.join(", ")}, which the program retains` : ""}, 0 in the state`,
    };
  },
});

/** Layers that have come up, in their order. */
const standing = ({ layers }: Outcome): Layer[] => LAYERS.filter((layer) => layers.some((up) => up.layer === layer));

function keptUp({ keep }: Choice): string | undefined {
  return keep ? "everything stays up (--keep)" : undefined;
}

async function destroyLayer(stack: string, { workspace, listen, cluster }: Context<"control-plane" | "project">) {
  const before = resourcesOf(workspace.folder, stack);
  const deletions: string[] = [];
  const orphans: Promise<string[]>[] = [];
  listen(({ op, urn, type, name }) => {
    if (op === "delete") {
      deletions.push(urn);
    }
    if (op === "delete" && type === "kubernetes:helm.sh/v3:Release" && name === "karpenter") {
      orphans.push(nodesOfPools(cluster.kube));
    }
  });
  const { changes } = await workspace.engine.destroy(stack);
  const left = (await Promise.all(orphans)).flat();
  if (left.length > 0) {
    throw new Error(`Karpenter must end its nodes before it goes itself, it left ${left.join(", ")}`);
  }
  return {
    count: changes.delete,
    found: [deletionOrder(before, deletions), controllersLast(before, deletions)] as const,
    retained: retainedNamespaces(before),
  };
}

/** Nodes that Karpenter has started and not ended. */
async function nodesOfPools(kube: Kube): Promise<string[]> {
  const { items } = await kube.get("/api/v1/nodes?labelSelector=karpenter.sh/nodepool");
  return (items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);
}

/** Namespaces that a destroy leaves in the cluster, by their names. */
const retainedNamespaces = (resources: readonly StateResource[]): string[] =>
  resources
    .filter(({ type, retainOnDelete = false }) => type === "kubernetes:core/v1:Namespace" && retainOnDelete)
    .map(({ inputs }) => (inputs as { metadata: { name: string } }).metadata.name);

/** @throws {Error} naming the first two resources that were deleted in the wrong order. */
function demandOrder({ faults }: DeletionOrder): void {
  const [first] = faults;
  if (first) {
    const more = faults.length > 1 ? ` (and ${counted(faults.length - 1, "pair")} more: see the report)` : "";
    throw new Error(
      `${first.late} of ${first.component} must be deleted before ${first.gone}, which the component depends on: it was deleted after it${more}`,
    );
  }
}
