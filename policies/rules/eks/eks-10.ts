import { LAUNCH_TEMPLATE, NODE_GROUP } from "../../aws/types.ts";
import { isListed } from "../../exceptions.ts";
import { unless } from "../../findings.ts";
import { NODE_CLASS } from "../../kubernetes/types.ts";
import { bag, isSet, number, numberOr, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** Globs of the names of templates and node classes whose pods may reach the metadata service. */
const NOBODY = { twoHops: [] as string[] };

export const EKS_10 = rule({
  id: "EKS-10",
  title: "No pod can get its node's role from the metadata service",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["FSBP EC2.8", "FSBP AutoScaling.3", "FSBP AutoScaling.4"],
  remediation:
    'Give node groups a launch template, and set its `metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 }`. List templates and node classes that need two hops in the parameter `twoHops`.',
  peers: ["CKV_AWS_79", "CKV_AWS_341", "AWS-0130"],
  parameters: { dev: NOBODY, staging: NOBODY, prod: NOBODY },
  types: [LAUNCH_TEMPLATE, NODE_CLASS, NODE_GROUP],
  check: ({ type, name, inputs }, { twoHops }) => {
    if (type === NODE_GROUP) {
      // EKS makes a template of its own, with two hops.
      return unless(isSet(inputs, "launchTemplate"), {
        property: "launchTemplate",
        got: "that of EKS, with two hops",
        want: "a template of your own",
      });
    }
    const karpenter = type === NODE_CLASS;
    const path = karpenter ? "spec.metadataOptions" : "metadataOptions";
    const options = karpenter ? bag(inputs, "spec", "metadataOptions") : bag(inputs, "metadataOptions");
    if (text(options, "httpEndpoint") === "disabled") {
      return [];
    }
    // Karpenter fills in missing values safely (since 1.0). EC2 takes them from the image: two hops for Amazon Linux 2023.
    const tokens = text(options, "httpTokens") ?? (karpenter ? "required" : "nothing");
    const hops = karpenter ? numberOr(1, options, "httpPutResponseHopLimit") : number(options, "httpPutResponseHopLimit");
    const allowed = isListed(name, twoHops) ? [1, 2] : [1];
    return [
      ...unless(tokens === "required", { property: `${path}.httpTokens`, got: tokens, want: "required" }),
      ...unless(hops !== undefined && allowed.includes(hops), {
        property: `${path}.httpPutResponseHopLimit`,
        got: shown(hops),
        want: allowed.join(" or "),
      }),
    ];
  },
});
