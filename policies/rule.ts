import type { Finding } from "./findings.ts";
import type { Resource } from "./resource.ts";

export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** What a violation does: `off` is not checked, `advisory` is reported, `mandatory` stops the change. */
export type Level = "off" | "advisory" | "mandatory";

export type Severity = "low" | "medium" | "high" | "critical";

/** Everything about a rule except its logic. */
export interface RuleText {
  /** `<FAMILY>-<two digits>`. Never used again for another rule. */
  id: string;
  /** What holds when nobody breaks it, one sentence. */
  title: string;
  severity: Severity;
  levels: Record<Environment, Level>;
  /** Benchmarks and their ids, for example `CIS EKS 5.4.1`. Empty when the rule follows from cost or from our own measurement. */
  frameworks: readonly string[];
  /** What to write in the program, one or two sentences. */
  remediation: string;
  /** Ids of the same check in other tools. @default - no other tool has it */
  peers?: readonly string[];
  /** The same rule for the API server, which also checks objects that this program did not send. @default - the rule needs more than one object */
  admission?: Admission;
}

/** A rule in the Common Expression Language, for the namespaces that Millrace keeps (see `admission.ts`). */
export interface Admission {
  /** Resources that it looks at, for example `{ apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }`. */
  objects: readonly { apiGroups: string[]; apiVersions: string[]; resources: string[] }[];
  /** `everywhere` also checks namespaces without a Pod Security label. @default - the namespaces that Millrace keeps */
  scope?: "everywhere";
  /** Names for parts of the object, first to last: a later one may use an earlier one as `variables.<name>`. */
  variables?: readonly { name: string; expression: string }[];
  /** Each must be true of `object`; kubectl shows the message. */
  validations: readonly { expression: string; message: string }[];
}

/** Looks at one resource at a time, before it is made. */
export interface ResourceRule<P extends object = object> extends RuleText {
  /** Types that it looks at. */
  types: readonly string[];
  /** Pure. Reading a value that nobody knows yet ends the check, or the part of it that `together` separates: see `findings.ts`. */
  check(resource: Resource, parameters: P): readonly Finding[];
  /** Values that differ by environment or by user of the pack. */
  parameters?: Record<Environment, P>;
  /** What replaces them in programs of others whose config says nothing. @default - those of prod */
  elsewhere?: P;
}

/** Looks at all resources of a stack together, for rules about relations between resources. */
export interface StackRule<P extends object = object> extends RuleText {
  /** Types that it looks at, `*` for any part of one. @default - none in particular: something that every resource has, such as its region */
  types?: readonly string[];
  relate(resources: readonly Resource[], parameters: P): readonly Finding[];
  parameters?: Record<Environment, P>;
  /** What replaces them in programs of others whose config says nothing. @default - those of prod */
  elsewhere?: P;
}

export type Rule = ResourceRule | StackRule;

/** Gives a rule its types; the parameters' type follows from the parameters. */
export const rule = <P extends object>(definition: ResourceRule<P>): ResourceRule<P> => definition;
export const stackRule = <P extends object>(definition: StackRule<P>): StackRule<P> => definition;

export const isResourceRule = (candidate: Rule): candidate is ResourceRule => "check" in candidate;

const LETTERS = { "–": "off", A: "advisory", M: "mandatory" } as const satisfies Record<string, Level>;
type Letter = keyof typeof LETTERS;

/** Levels in dev, staging and prod in short form: `levels("A/M/M")`, with `–` for off. */
export function levels(letters: `${Letter}/${Letter}/${Letter}`): Record<Environment, Level> {
  const [dev, staging, prod] = letters.split("/").map((letter) => LETTERS[letter as Letter]) as [Level, Level, Level];
  return { dev, staging, prod };
}
