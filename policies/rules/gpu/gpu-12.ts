import { runsDownload } from "../../aws/downloads.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { nameOf } from "../../kubernetes/objects.ts";
import { NODE_CLASS, NODE_POOL } from "../../kubernetes/types.ts";
import { bag, bags, flag, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Publishers whose images Karpenter may start by name. */
const PUBLISHERS = ["self", "amazon"];

export const GPU_12 = stackRule({
  id: "GPU-12",
  title: "Karpenter starts nodes from a known image, in private subnets, in named security groups, for a limited pool",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 3.1.1"],
  remediation:
    "Pin `amiSelectorTerms` to an alias with its date, name subnets and security groups by id or by a tag of the cluster, and give each NodePool `spec.limits`, a `terminationGracePeriod` and a NodeClass of the stack.",
  types: [NODE_CLASS, NODE_POOL],
  relate: (resources) => {
    const classes = resources.filter(({ type }) => type === NODE_CLASS);
    return together(
      () => ofEach(classes, nodeClass),
      () =>
        ofEach(
          resources.filter(({ type }) => type === NODE_POOL),
          (pool) => nodePool(pool, classes.map(nameOf)),
        ),
    );
  },
});

function nodeClass(resource: Resource): Finding[] {
  const spec = bag(resource.inputs, "spec");
  const wrong = (property: string, got: string, want: string): Fault => ({ resource, property: `spec.${property}`, got, want });
  return together(
    bags(spec, "amiSelectorTerms").map((term, index) => () => {
      const [alias, owner, name] = [text(term, "alias"), text(term, "owner"), text(term, "name")];
      const pinned =
        alias !== undefined
          ? !alias.endsWith("@latest")
          : isSet(term, "id") || PUBLISHERS.includes(owner ?? "") || /^\d{12}$/.test(owner ?? "");
      const want = "an alias with its date, an id, or images of one account";
      return unless(pinned, wrong(`amiSelectorTerms[${index}]`, alias ?? `${shown(name)} of ${shown(owner)}`, want));
    }),
    bags(spec, "subnetSelectorTerms").map((term, index) => () => {
      const tags = Object.keys(bag(term, "tags"));
      const holds = !tags.includes("kubernetes.io/role/elb");
      return unless(holds, wrong(`subnetSelectorTerms[${index}].tags`, tags.join(", "), "tags of private subnets"));
    }),
    ...["subnetSelectorTerms", "securityGroupSelectorTerms"].flatMap((key) =>
      bags(spec, key).map((term, index) => () => {
        const tags = Object.entries(bag(term, "tags"));
        const named = isSet(term, "id") || isSet(term, "name") || tags.some(isOfCluster);
        return unless(named, wrong(`${key}[${index}]`, "everything of the account", "an id, or a tag of the cluster"));
      }),
    ),
    bags(spec, "blockDeviceMappings").map((each, index) => () => {
      const property = `blockDeviceMappings[${index}].ebs.deleteOnTermination`;
      return unless(flag(each, "ebs", "deleteOnTermination") !== false, wrong(property, "false", "true"));
    }),
    () => {
      const program = text(spec, "userData") ?? "";
      return unless(!runsDownload(program), wrong("userData", "a download that is run", "without a program of somebody else"));
    },
  );
}

/** A tag of which any value will do names nothing, unless the tag is that of a cluster: `kubernetes.io/cluster/<name>`. */
const isOfCluster = ([tag, value]: [string, unknown]): boolean =>
  tag.includes("/") || !/^[*?]*$/.test(typeof value === "string" ? value : "");

function nodePool(resource: Resource, classes: readonly string[]): Finding[] {
  const spec = bag(resource.inputs, "spec");
  const node = bag(spec, "template", "spec");
  const wrong = (property: string, got: string, want: string): Fault => ({ resource, property: `spec.${property}`, got, want });
  return together(
    () => unless(Object.keys(bag(spec, "limits")).length > 0, wrong("limits", "nothing", "a number of GPUs or CPUs")),
    () => {
      const property = "template.spec.terminationGracePeriod";
      return unless(
        isSet(node, "terminationGracePeriod"),
        wrong(property, "nothing", "a time: without it one pod holds its node for ever"),
      );
    },
    () => {
      const got = text(node, "nodeClassRef", "name") ?? "nothing";
      const known = classes.length === 0 || classes.includes(got);
      return unless(known, wrong("template.spec.nodeClassRef.name", got, `a NodeClass that exists (${classes.join(", ")})`));
    },
  );
}
