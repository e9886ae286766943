import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { chooses } from "../../promql/matchers.ts";
import { type Expression, type Matcher, type Selector, selectorsIn } from "../../promql/syntax.ts";
import { text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { isOutcome, leavesFailuresOut, shareOf } from "./shares.ts";
import { type Versions, versionsOf } from "./versions.ts";

/*
 * A label by which a query leaves requests out, above and below alike: a share of `path="/healthz"` stays at nothing while all other requests
 * fail. So a query may choose by the version and by where it is measured, and above by what became of a request.
 */

/** Where series come from: they are those of all requests to a version. */
const PLACES = /^(exported_)?(job|cluster|cluster_id|region|environment|prometheus)$/;
/** Labels of who was scraped, or of who was called. */
const TARGETS = /^(exported_)?(namespace|service|pod|container|endpoint|app|instance)$/;
const NAMESPACES = /(^|_)namespace(_name)?$/;
const MODELS = /^(app|model|model_name|service_name|destination_app|destination_workload|destination_canonical_service)$/;
const PODS = /^(exported_)?(pod|pod_name)$/;
/** A gateway or a proxy counts the requests to all versions. */
const GATEWAY = /istio|ingress|gateway|mesh|envoy|proxy/;

/** Series of the comparer of a shadow release, which is a part of the product, and labels that it tells (docs/model-server.md). */
const COMPARED = /^shadow_/;
const OF_COMPARER = ["app", "new_version", "side", "outcome"];

/** A label by which a query leaves bad answers out, as it is written; `undefined` where there is none. */
export function narrowedBy(query: Expression, rollout: Resource): string | undefined {
  const share = shareOf(query);
  const versions = versionsOf(rollout);
  const isOther = (selector: Selector) => (each: Matcher) => !isKnown(each, selector, rollout, versions);
  const parts = share === undefined ? [] : selectorsIn(share.left);
  const wholes = selectorsIn(query).filter((each) => !parts.includes(each));
  const below =
    wholes.flatMap((each) => each.matchers.filter((matcher) => isOther(each)(matcher) && !isPartElsewhere(matcher, parts)))[0] ??
    (share && selectorsIn(share.right).flatMap(leavesFailuresOut)[0]);
  if (below !== undefined) {
    return written(below);
  }
  const above = parts.map((each) => ({ each, others: each.matchers.filter(isOther(each)) }));
  // One label that is not known may be what became of a request.
  const strange = above.find(({ each, others }) => others.length > (each.matchers.some(isOutcome) ? 0 : 1));
  return strange && written(strange.others.at(-1) as Matcher);
}

const written = ({ label, operator, value }: Matcher): string => `${label}${operator}"${value}"`;

/** What an exception repeats of the part of a share is judged there. */
const isPartElsewhere = (matcher: Matcher, parts: readonly Selector[]): boolean =>
  parts.some(({ matchers }) => matchers.some((each) => written(each) === written(matcher)));

/** Whether a matcher leaves no request of a version out, or says what became of it. */
export function isKnown(matcher: Matcher, { name }: Selector, rollout: Resource, { isNew, isOld }: Versions): boolean {
  const { label, operator, value } = matcher;
  const isAny = operator.startsWith("!") ? value === "" : operator === "=~" && /^\.[*+]$/.test(value);
  if (isAny || isOutcome(matcher) || (COMPARED.test(name) && OF_COMPARER.includes(label))) {
    return true;
  }
  if (operator.startsWith("!")) {
    return false;
  }
  const takes = (...found: readonly string[]): boolean => found.some((each) => chooses(matcher, each));
  return (
    alternativesOf(value).every((each) => isNew({ ...matcher, value: each }) || isOld({ ...matcher, value: each })) ||
    PLACES.test(label) ||
    (label === "reporter" && takes("source", "destination", "waypoint")) ||
    (NAMESPACES.test(label) && takes(namespaceOf(rollout))) ||
    (MODELS.test(label) && takes(...namesOf(rollout))) ||
    (PODS.test(label) && takes(...namesOf(rollout).map((each) => `${each}-5d4f8b7c9d-x2x4z`))) ||
    (TARGETS.test(label) && GATEWAY.test(value))
  );
}

/** Whether all series of a version have one value of a label, so that a sum by it is one answer. Envoy's clusters are Services. */
export const isOfAll = (label: string): boolean =>
  [PLACES, NAMESPACES, MODELS].some((each) => each.test(label)) ||
  /^((exported_)?service|destination_service|cluster_name|envoy_cluster_name|version|reporter)$/.test(label);

/** Names of the model, of its Rollout and of what its pods are called. */
function namesOf(rollout: Resource): string[] {
  const service = text(rollout.inputs, "spec", "strategy", "canary", "canaryService");
  const model = text(rollout.inputs, "spec", "selector", "matchLabels", "app");
  return [nameOf(rollout), model, service, service?.replace(/-canary$/, "")].filter((each) => each !== undefined);
}

/** What an expression may match, apart from the parentheses in it: `a|(b|c)d` is `a` and `(b|c)d`. */
function alternativesOf(value: string): string[] {
  let depth = 0;
  const found = [""];
  for (const sign of value.match(/\\[^]|\[[^\]]*\]|[^]/g) ?? []) {
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    if (sign === "|" && depth === 0) {
      found.push("");
    } else {
      found.push(`${found.pop()}${sign}`);
    }
  }
  return found;
}
