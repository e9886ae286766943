import { ADDON, CLUSTER } from "../../aws/types.ts";
import { type Fault, ofEach, unless } from "../../findings.ts";
import { NETWORK_POLICY } from "../../kubernetes/types.ts";
import { at, flag, parsed, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const CNI = "vpc-cni";

/** Whether another stack makes network policies; a stack that makes some itself needs the plug-in in any case. */
const ALWAYS = { always: true };

/** The VPC CNI ignores NetworkPolicies unless it is told to keep them (EKS user guide, "Limit Pod traffic"). */
export const K8S_09 = stackRule({
  id: "K8S-09",
  title: "The network plug-in of a cluster keeps the network policies",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 4.3.1", "CIS EKS 5.4.4"],
  remediation: 'Give the add-on `vpc-cni` the `configurationValues` `{"enableNetworkPolicy": "true"}`.',
  parameters: { dev: ALWAYS, staging: ALWAYS, prod: ALWAYS },
  elsewhere: { always: false },
  types: [CLUSTER, ADDON, NETWORK_POLICY],
  relate: (resources, { always }) => {
    const plugIns = resources.filter(({ type, inputs }) => type === ADDON && text(inputs, "addonName") === CNI);
    const policed = resources.some(({ type }) => type === NETWORK_POLICY);
    const bare = plugIns.length === 0 && policed && resources.some(({ type }) => type === ADDON);
    return [
      ...(always || policed ? ofEach(plugIns, ignores) : []),
      ...(bare
        ? resources
            .filter(({ type }) => type === CLUSTER)
            .map((resource) => ({
              resource,
              property: `add-on ${CNI}`,
              got: "nothing",
              want: "a plug-in that keeps the stack's NetworkPolicies",
            }))
        : []),
    ];
  },
});

function ignores(resource: Resource): Fault[] {
  const values = text(resource.inputs, "configurationValues") ?? "";
  const read = parsed(values);
  // The add-on takes YAML too.
  const said =
    read === undefined ? /^\s*enableNetworkPolicy\s*:\s*["']?(\w+)/m.exec(values)?.[1] : at(read, "enableNetworkPolicy");
  return unless(flag(said) === true, {
    resource,
    property: "configurationValues.enableNetworkPolicy",
    got: shown(said),
    want: "true",
  });
}
