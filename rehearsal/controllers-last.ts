import { CHARTS } from "#components/versions";
import { nameOf, typeOf } from "#engine/events";
import type { DeletionOrder } from "./deletion-order.ts";
import type { StateResource } from "./state.ts";

/** Chart of the controller that brings the custom resources of a group to their end: without it they stay, or what they stand for does. */
const CONTROLLERS: Readonly<Record<string, string>> = {
  "karpenter.sh": CHARTS.karpenter.chart,
  "karpenter.k8s.aws": CHARTS.karpenter.chart,
  "kueue.x-k8s.io": CHARTS.kueue.chart,
  "argoproj.io": CHARTS.argoRollouts.chart,
  "networking.istio.io": CHARTS.istiod.chart,
  "security.istio.io": CHARTS.istiod.chart,
  "cert-manager.io": CHARTS.certManager.chart,
  "external-secrets.io": CHARTS.externalSecrets.chart,
  "keda.sh": CHARTS.keda.chart,
};

const RELEASE = "kubernetes:helm.sh/v3:Release";

/**
 * Whether custom resources were deleted before the release of their controller, whatever the program says about their dependencies.
 *
 * @param state resources before the destroy.
 * @param deletions URNs in the order in which their deletion was complete. A controller that is not among them was kept.
 */
export function controllersLast(
  state: readonly StateResource[],
  deletions: readonly string[],
): Pick<DeletionOrder, "pairs" | "faults"> {
  const position = new Map(deletions.map((urn, index) => [urn, index]));
  const order: Pick<DeletionOrder, "pairs" | "faults"> = { pairs: 0, faults: [] };
  for (const { urn, type } of state) {
    const group = /^kubernetes:([^/]+)\/[^:]+:/.exec(type)?.[1] ?? "";
    const release = state.find((each) => each.type === RELEASE && each.inputs?.["chart"] === CONTROLLERS[group]);
    const [own, controller] = [position.get(urn), release && position.get(release.urn)];
    if (own === undefined || controller === undefined) {
      continue;
    }
    order.pairs += 1;
    if (controller < own) {
      const [late, gone] = [urn, release!.urn].map((each) => `${typeOf(each)} '${nameOf(each)}'`) as [string, string];
      order.faults.push({ component: `${group}, the custom resources`, late, gone });
    }
  }
  return order;
}
