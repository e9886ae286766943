import { ofEach, unless } from "../../findings.ts";
import { SERVES, TEAM } from "../../kubernetes/labels.ts";
import { fits, labelsOf, nameOf } from "../../kubernetes/objects.ts";
import { NAMESPACE } from "../../kubernetes/types.ts";
import { bag, hasKey, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { CLUSTER_QUEUES, GPU, quotasOf } from "./pools.ts";

/** Labels of namespaces that belong to a team. */
interface TeamLabels {
  labels: string[];
}

const MILLRACE_TEAMS: TeamLabels = { labels: [TEAM, SERVES] };

export const GPU_04 = stackRule<TeamLabels>({
  id: "GPU-04",
  title: "A team's GPUs are limited by a quota of its namespace, or by a queue that lends a finite number",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Give the namespace a ResourceQuota with \`requests.${GPU}\`, or its ClusterQueue a \`nominalQuota\` and a \`borrowingLimit\`.`,
  peers: ["KSV-0040"],
  parameters: { dev: MILLRACE_TEAMS, staging: MILLRACE_TEAMS, prod: MILLRACE_TEAMS },
  types: ["kubernetes:core/v1:ResourceQuota", ...CLUSTER_QUEUES, NAMESPACE],
  relate: (resources, { labels }) =>
    ofEach(
      resources.filter((each) => each.type === NAMESPACE && labels.some((label) => hasKey(labelsOf(each), label))),
      (resource) =>
        unless(
          resources.some((each) => counts(each, resource)),
          {
            resource,
            property: `quota of ${GPU}`,
            got: "nothing",
            want: `a ResourceQuota with requests.${GPU}, or a ClusterQueue with a finite borrowingLimit`,
          },
        ),
    ),
});

function counts(resource: Resource, namespace: Resource): boolean {
  const { type, inputs } = resource;
  if (type === "kubernetes:core/v1:ResourceQuota") {
    return text(inputs, "metadata", "namespace") === nameOf(namespace) && hasKey(inputs, "spec", "hard", `requests.${GPU}`);
  }
  if (!CLUSTER_QUEUES.includes(type)) {
    return false;
  }
  const wanted = bag(inputs, "spec", "namespaceSelector", "matchLabels");
  const shares = quotasOf(resource).filter(({ quota }) => text(quota, "name") === GPU);
  const alone = !isSet(inputs, "spec", "cohortName") && !isSet(inputs, "spec", "cohort");
  return (
    Object.keys(wanted).length > 0 &&
    fits(wanted, labelsOf(namespace)) &&
    shares.length > 0 &&
    shares.every(({ quota }) => isSet(quota, "nominalQuota") && (alone || isSet(quota, "borrowingLimit")))
  );
}
