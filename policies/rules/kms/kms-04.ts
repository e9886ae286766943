import { KEY_POLICY, KEYS } from "../../aws/types.ts";
import { ofEach, unless } from "../../findings.ts";
import { isSet, text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** `asked`: whether each key must have a policy of its own. */
const ASKED = { asked: true };

export const KMS_04 = stackRule({
  id: "KMS-04",
  title: "Each key says in a policy of its own who administers it and who uses it",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.1"],
  remediation:
    "Set `policy`, with one statement for administrators and another for users and services. AWS's default policy lets everybody with `kms:*` do both, and no service use the key.",
  types: [...KEYS, KEY_POLICY],
  parameters: { dev: ASKED, staging: ASKED, prod: ASKED },
  // The default policy trusts the account alone, which is enough for most programs.
  elsewhere: { asked: false },
  relate: (resources, { asked }) => {
    const apart = resources.filter(({ type }) => type === KEY_POLICY);
    const keys = asked ? resources.filter(({ type }) => KEYS.includes(type)) : [];
    return ofEach(keys, (resource) =>
      unless(hasPolicy(resource) || apart.some(({ dependencies }) => dependencies.includes(resource.name)), {
        resource,
        property: "policy",
        got: "nothing, which is AWS's default",
        want: "a policy of its own",
      }),
    );
  },
});

/** A policy without content is taken for none, as AWS does. */
const hasPolicy = ({ inputs }: Resource): boolean =>
  isSet(inputs, "policy") && (whenKnown(() => text(inputs, "policy")) ?? "policy").trim() !== "{}";
