import { type Fault, ofEach, unless } from "../../findings.ts";
import { SERVES, TEAM } from "../../kubernetes/labels.ts";
import { fits, labelsOf, nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { amountOf } from "../../kubernetes/quantity.ts";
import { NAMESPACE, RESOURCE_QUOTA } from "../../kubernetes/types.ts";
import { bag, hasKey, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { CLUSTER_QUEUES, GPU, quotasOf } from "./pools.ts";

/** Labels of namespaces that belong to a team. */
interface TeamLabels {
  labels: string[];
  /** Most GPUs of one namespace: those of the largest pool, as a quota above it limits nothing. */
  gpus: number;
}

const LABELS = [TEAM, SERVES];

export const GPU_04 = stackRule<TeamLabels>({
  id: "GPU-04",
  title:
    "A team's GPUs are limited by a quota of its namespace within the largest pool, or by a queue that lends a finite number",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Give the namespace a ResourceQuota with \`requests.${GPU}\`, or its ClusterQueue a \`nominalQuota\` and a \`borrowingLimit\`.`,
  peers: ["KSV-0040"],
  parameters: { dev: { labels: LABELS, gpus: 4 }, staging: { labels: LABELS, gpus: 16 }, prod: { labels: LABELS, gpus: 64 } },
  types: [RESOURCE_QUOTA, ...CLUSTER_QUEUES, NAMESPACE],
  relate: (resources, { labels, gpus }) => {
    const namespaces = resources.filter(
      (each) => each.type === NAMESPACE && labels.some((label) => hasKey(labelsOf(each), label)),
    );
    const names = namespaces.map(nameOf);
    return [
      ...ofEach(namespaces, (resource) =>
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
      ...ofEach(
        resources.filter((each) => each.type === RESOURCE_QUOTA && names.includes(namespaceOf(each))),
        (quota) => tooMany(quota, gpus),
      ),
    ];
  },
});

/** A team fills what its quota allows. */
const tooMany = (resource: Resource, gpus: number): Fault[] =>
  [`requests.${GPU}`, `limits.${GPU}`].flatMap((key) => {
    const got = text(resource.inputs, "spec", "hard", key);
    const amount = amountOf(got) ?? Number.NaN;
    return unless(got === undefined || amount <= gpus, {
      resource,
      property: `spec.hard.${key}`,
      got: shown(got),
      want: `at most ${gpus}, the GPUs of the largest pool`,
    });
  });

function counts(resource: Resource, namespace: Resource): boolean {
  const { type, inputs } = resource;
  if (type === RESOURCE_QUOTA) {
    return namespaceOf(resource) === nameOf(namespace) && hasKey(inputs, "spec", "hard", `requests.${GPU}`);
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
