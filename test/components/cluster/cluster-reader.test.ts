import { describe, expect, it } from "vitest";
import { ClusterReader } from "#components/cluster/cluster-reader";
import { record, refusal } from "../../harness/graph.ts";
import { STACKS, stackOf } from "../../harness/stacks.ts";
import { named } from "../named.ts";

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const rulesOf = async (): Promise<Rule[]> => named(await record(() => new ClusterReader("reader")), "reader").inputs["rules"];

/** Group of an API version: `apps` of `apps/v1`, and the empty one of `v1`. */
const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? apiVersion.split("/")[0]! : "");

const pluralOf = (kind: string): string =>
  `${kind}s`
    .toLowerCase()
    .replace(/([^aeiou])ys$/, "$1ies")
    .replace(/sss$/, "sses");

describe("ClusterReader", () => {
  it.each(STACKS)(
    "reads every kind of object that $layer of $environment plans, and no Secret",
    async ({ layer, environment }) => {
      const rules = await rulesOf();
      const { resources } = await stackOf(layer, environment);
      const kinds = resources
        .filter(({ type, custom, inputs }) => custom && type.startsWith("kubernetes:") && inputs["apiVersion"] && inputs["kind"])
        .map(({ inputs }) => ({ group: groupOf(inputs["apiVersion"]), plural: pluralOf(inputs["kind"]) }));
      const unread = kinds
        .filter(({ group, plural }) => group !== "" || plural !== "secrets")
        .filter(({ group, plural }) => !rules.some((rule) => rule.apiGroups.includes(group) && rule.resources.includes(plural)));
      expect([...new Set(unread.map(({ group, plural }) => `${group}/${plural}`))]).toEqual([]);
    },
  );

  it("names neither Secrets nor the core group as a whole, and changes nothing", async () => {
    const rules = await rulesOf();
    expect(rules.flatMap(({ verbs }) => verbs).filter((verb) => !["get", "list", "watch"].includes(verb))).toEqual([]);
    const core = rules.filter(({ apiGroups }) => apiGroups.includes("") || apiGroups.includes("*"));
    expect(core.flatMap(({ resources }) => resources).filter((resource) => /secrets|\*/.test(resource))).toEqual([]);
  });

  it("refuses a group that EKS keeps for itself", async () => {
    expect(await refusal(() => new ClusterReader("reader", { group: "system:masters" }))).toBe(
      "'group' must be a group outside system:, eks:, aws:, amazon: and iam:, got 'system:masters'",
    );
  });
});
