import { unless } from "../../findings.ts";
import { type Bag, bag, flag, isSet, number, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

interface Strength {
  /** Fewest bits that a guess must get right. */
  bits: number;
}
const STRONG: Strength = { bits: 80 };

const GENERATOR = "kubernetes:generators.external-secrets.io/v1alpha1:Password";
const BYTES = "random:index/randomBytes:RandomBytes";

export const SEC_07 = rule<Strength>({
  id: "SEC-07",
  title: "Passwords and keys that the program lets make cannot be guessed",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.4.2", "NIST SP 800-63B 5.1.1"],
  remediation: "Set `length` to 24 or more and leave letters of both kinds and digits in. Nobody has to remember it.",
  parameters: { dev: STRONG, staging: STRONG, prod: STRONG },
  types: [GENERATOR, BYTES, "random:index/randomPassword:RandomPassword"],
  check: (resource, { bits }) => {
    const { holder, property, size, length } = madeBy(resource);
    // A generator without a length makes 24 characters; the provider refuses a password without one.
    const wanted = Math.ceil(bits / Math.log2(Math.max(size, 2)));
    return unless(length >= wanted, {
      property,
      got: shown(holder["length"]),
      want: `at least ${wanted} of these characters, which is ${bits} bits`,
    });
  },
});

/** What is made: of how many different characters, and how many of them. */
interface Made {
  holder: Bag;
  property: string;
  size: number;
  length: number;
}

function madeBy({ type, inputs }: Resource): Made {
  if (type === BYTES) {
    return { holder: inputs, property: "length", size: 256, length: numberOr(0, inputs, "length") };
  }
  if (type === GENERATOR) {
    const spec = bag(inputs, "spec");
    return { holder: spec, property: "spec.length", size: charactersOf(spec), length: numberOr(24, spec, "length") };
  }
  return { holder: inputs, property: "length", size: lettersOf(inputs), length: numberOr(0, inputs, "length") };
}

/** Of the operator's generator (External Secrets, "Password"): digits and symbols are a part of the length unless they are 0. */
const charactersOf = (spec: Bag): number =>
  26 +
  (flag(spec, "noUpper") === true ? 0 : 26) +
  (number(spec, "digits") === 0 ? 0 : 10) +
  (number(spec, "symbols") === 0 ? 0 : 20);

/** Of the provider "random": every kind unless it is switched off. */
function lettersOf(inputs: Bag): number {
  const has = (...switches: string[]): boolean => switches.every((each) => flag(inputs, each) !== false);
  const special = isSet(inputs, "overrideSpecial") ? new Set(text(inputs, "overrideSpecial") ?? "").size : 20;
  return (has("lower") ? 26 : 0) + (has("upper") ? 26 : 0) + (has("numeric", "number") ? 10 : 0) + (has("special") ? special : 0);
}
