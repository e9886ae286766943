import { NODE_GROUP } from "../../aws/types.ts";
import { type Finding, together, unless } from "../../findings.ts";
import { type Bag, bags, list, number, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** Taint that keeps nodes for what a cluster cannot do without (EKS user guide, "CoreDNS"): its add-ons tolerate it. */
const TAINT = "CriticalAddonsOnly";

interface System {
  /** Labels with their values of groups that are meant for the controllers of the cluster, beside those with the taint. */
  labels: Record<string, string>;
  /** Fewest nodes, and fewest subnets, of such a group: one may fail, or be replaced. */
  least: number;
}

const SYSTEM: System = { labels: { "millrace.dev/pool": "system" }, least: 2 };

export const EKS_20 = rule<System>({
  id: "EKS-20",
  title: "Nodes for the controllers of a cluster are kept for them, there are two of them, and AWS does not take them back",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 A1.2"],
  remediation: `Leave \`capacityType\` out, and set the taint \`{ key: "${TAINT}", value: "true", effect: "NO_SCHEDULE" }\`, a \`minSize\` of two and subnets in two zones. The parameter \`labels\` names the labels of such groups.`,
  parameters: { dev: SYSTEM, staging: SYSTEM, prod: SYSTEM },
  elsewhere: { labels: {}, least: 0 },
  types: [NODE_GROUP],
  check: ({ inputs }, { labels, least }) => {
    const isMeant = Object.entries(labels).some(([key, value]) => text(inputs, "labels", key) === value);
    return together(
      () => (isMeant || isKept(inputs) ? takenBack(inputs) : []),
      () => (isMeant ? forEverybody(inputs) : []),
      () => (isMeant ? tooFew(inputs, least) : []),
    );
  },
});

const isKept = (inputs: Bag): boolean =>
  bags(inputs, "taints").some(
    (each) => text(each, "key") === TAINT && /^NO_?(SCHEDULE|EXECUTE)$/i.test(text(each, "effect") ?? ""),
  );

const takenBack = (inputs: Bag) =>
  unless(!/^spot$/i.test(text(inputs, "capacityType") ?? ""), {
    property: "capacityType",
    got: shown(inputs["capacityType"]),
    want: "ON_DEMAND",
  });

function tooFew(inputs: Bag, least: number): Finding[] {
  return together(
    () => {
      const got = number(inputs, "scalingConfig", "minSize") ?? 0;
      return unless(got >= least, { property: "scalingConfig.minSize", got: String(got), want: `at least ${least}` });
    },
    () => {
      const got = list(inputs, "subnetIds").length;
      return unless(got >= least, {
        property: "subnetIds",
        got: String(got),
        want: `at least ${least}, each in a zone of its own`,
      });
    },
  );
}

const forEverybody = (inputs: Bag) =>
  unless(isKept(inputs), {
    property: "taints",
    got:
      bags(inputs, "taints")
        .map((each) => `${shown(each["key"])} ${shown(each["effect"])}`)
        .join(", ") || "nothing",
    want: `a list with ${TAINT} NO_SCHEDULE`,
  });
