import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { at, type Bag, bags, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { canaryOf, gatesOf, raisesOf, STEPS, stepsOf } from "./rollouts.ts";
import { shareOf } from "./shares.ts";
import { argumentsOf, filled, isMeant, queryOf, templatesAmong } from "./templates.ts";

/**
 * Measured with Argo Rollouts 1.9.1: it writes weights and does not check that the gateway applies them. With istiod down a release
 * completed, the old pods were stopped, and the gateway still sent them 80 % of all requests.
 */
export const CAN_04 = stackRule({
  id: "CAN-04",
  title:
    "The share of requests that the gateway really serves is checked before the last increase and before the old version is removed",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4"],
  remediation:
    "Put an `analysis` step before `setWeight: 100` and another one at the end. Its query divides the answers of `canaryService` by those of both Services. It must pause the release when the share is wrong.",
  types: [ROLLOUT, "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate", "kubernetes:argoproj.io/v1alpha1:ClusterAnalysisTemplate"],
  relate: (resources) => {
    const templates = templatesAmong(resources);
    return ofEach(
      resources.filter((each) => each.type === ROLLOUT && isSet(canaryOf(each), "trafficRouting", "istio")),
      (rollout) => shareFaults(rollout, templates),
    );
  },
});

function shareFaults(resource: Resource, templates: readonly Resource[]): Finding[] {
  const steps = stepsOf(resource);
  const last = raisesOf(steps).at(-1);
  if (last === undefined || (last.from === 0 && last.at === steps.length)) {
    return [];
  }
  const seen = (from: number, to?: number): boolean =>
    steps.slice(from, to).some((step) => {
      const analysis = at(step, "analysis");
      return gatesOf(analysis).some((gate) => readsBoth(gate, bags(analysis, "args"), resource, templates));
    });
  const implied = last.at === steps.length;
  return together(
    () =>
      // Before its first share a version serves none.
      unless(last.from === 0 || seen(last.before + 1, last.at), {
        resource,
        property: implied ? STEPS : `${STEPS}[${last.at}].setWeight`,
        got: "100 without an analysis",
        want: "preceded by an analysis of the share that is served",
      }),
    () =>
      unless(implied || seen(last.at + 1), {
        resource,
        property: STEPS,
        got: "100, then no analysis",
        want: "a list that ends with an analysis of the share that is served",
      }),
  );
}

/** Whether an analysis has a query that divides by the answers of both Services: what is compared with the old version does not. */
function readsBoth(gate: Bag, given: readonly Bag[], rollout: Resource, templates: readonly Resource[]): boolean {
  const canary = canaryOf(rollout);
  const services = [text(canary, "canaryService"), text(canary, "stableService")];
  return templates
    .filter((template) => isMeant(template, gate, rollout))
    .some((template) => {
      const values = argumentsOf(template, given);
      return bags(template.inputs, "spec", "metrics").some((metric) => {
        const query = filled(queryOf(at(metric, "provider")), values);
        const whole = wholeOf(query);
        return services.every((service) => service !== undefined && service !== "" && whole.includes(service));
      });
    });
}

/** What a share in a query is a part of; the text itself where there is no share. */
function wholeOf(query: string): string {
  const share = shareOf(query);
  return share === undefined ? query : share.right.text;
}
