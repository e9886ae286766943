import { type Fault, unless } from "../../findings.ts";
import { type Bag, bag, bags, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { leftOutBy, letThroughBy } from "./exemptions.ts";
import { crowdIn, isConstant, isFixed, neverHolds, passBy, passIn, selfSaidIn } from "./expressions.ts";
import { gapsInMatch } from "./matches.ts";

/** Ways round a policy of somebody else. */
export function gapsOf(resource: Resource): Fault[] {
  const { inputs } = resource;
  const fails = text(inputs, "spec", "failurePolicy") ?? "Fail";
  const rules = bags(inputs, "spec", "matchConstraints", "resourceRules");
  const constant = (list: string, wrong: (expression: string) => boolean, want: string): Fault[] =>
    bags(inputs, "spec", list).flatMap((each, index) => {
      const got = text(each, "expression") ?? "nothing";
      return unless(!wrong(got), { resource, property: `spec.${list}[${index}].expression`, got: shortened(got), want });
    });
  return [
    ...unless(fails === "Fail", { resource, property: "spec.failurePolicy", got: fails, want: "Fail" }),
    ...unless(rules.length > 0, {
      resource,
      property: "spec.matchConstraints.resourceRules",
      got: "nothing",
      want: "the resources that the policy is about",
    }),
    ...unless(bags(inputs, "spec", "validations").length > 0, {
      resource,
      property: "spec.validations",
      got: "nothing",
      want: "a check that can fail",
    }),
    ...gapsInMatch(
      resource,
      "spec.matchConstraints",
      bag(inputs, "spec", "matchConstraints"),
      !/\boldObject\b/.test(JSON.stringify(inputs["spec"])),
    ),
    ...conditionFaults(resource, "spec", bag(inputs, "spec")),
    ...constant("variables", isFixed, "an answer that depends on the object"),
    ...constant("variables", (got) => passBy(got) !== undefined, LET_THROUGH),
    ...constant("validations", isConstant, "a check that can fail"),
    ...constant("validations", (got) => !isConstant(got) && passIn(got) !== undefined, LET_THROUGH),
    ...constant("validations", (got) => letThroughBy(got) !== undefined, FOR_ALL),
    ...["variables", "validations"].flatMap((list) => constant(list, (got) => crowdIn(got) !== undefined, NAMED_WHOLE)),
  ];
}

const LET_THROUGH = "about what the object is: whoever makes it sets its name, its labels and its annotations";
const FOR_ALL = "the same for every user, every namespace of a team and every trial: a namespace must not be a way round";
const NAMED_WHOLE = "an expression that names each user or controller whole";

/** Conditions under which a policy or a webhook is asked at all. */
export const conditionFaults = (resource: Resource, path: string, holder: Bag): Fault[] =>
  bags(holder, "matchConditions").flatMap((each, index) => {
    const got = text(each, "expression") ?? "nothing";
    const want = neverHolds(got)
      ? "a condition that depends on the object"
      : crowdIn(got) !== undefined
        ? NAMED_WHOLE
        : selfSaidIn(got) !== undefined
          ? LET_THROUGH
          : leftOutBy(got) !== undefined
            ? FOR_ALL
            : undefined;
    const property = `${path}.matchConditions[${index}].expression`;
    return want === undefined ? [] : [{ resource, property, got: shortened(got), want }];
  });

export const shortened = (value: string): string => (value.length > 80 ? `${value.slice(0, 79)}…` : value);
