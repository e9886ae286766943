import { resourcesOf } from "#plan/policy";
import type { Recorded } from "#plan/record";
import { RULES } from "#policies/catalogue";
import { evaluate, openSentence, sentence, type Verdict } from "#policies/evaluate";
import type { Resource } from "#policies/resource";
import { isResourceRule, type Rule } from "#policies/rule";
import { mutated } from "#scripts/checkov/prod";
import { LAYERS, type Layer } from "#stacks/contracts";
import { stackOf } from "../../harness/stacks.ts";
import { exceptions } from "../harness.ts";
import { TODAY } from "../sample.ts";
import type { StackMutant } from "./mutant.ts";

/** What the pack says of a mutant that it does not say of prod. */
export interface Judged {
  /** Findings at the resource at which the mutant shows. Where one is taken away, that is any resource. */
  accused: string[];
  /** Findings at other resources. */
  elsewhere: string[];
}

const ONE_BY_ONE = RULES.filter(isResourceRule);
const TOGETHER = RULES.filter((rule) => !isResourceRule(rule));

/** A layer of prod as it is, and what the pack says of it. */
interface Base {
  registrations: Recorded[];
  resources: ReadonlyMap<Recorded, Resource>;
  said: ReadonlySet<string>;
  /** Names of the resources that a rule about relations reads. What it does not read cannot change its verdict. */
  reads: ReadonlyMap<Rule, ReadonlySet<string>>;
}

/** @returns a judge of changes to prod. Rules look again only where a mutant can change what they read. */
export async function judgeOf(): Promise<(mutant: StackMutant) => Judged> {
  const layers = new Map<Layer, Base>();
  for (const layer of LAYERS) {
    layers.set(layer, baseOf(layer, (await stackOf(layer, "prod")).resources));
  }
  return (mutant) => judged(mutant, layers.get(mutant.layer) as Base);
}

function baseOf(layer: Layer, all: Recorded[]): Base {
  const registrations = all.filter(({ custom }) => custom);
  const resources = resourcesOf({ layer, registrations }, "prod");
  return {
    registrations,
    resources: new Map(registrations.map((each, index) => [each, resources[index] as Resource])),
    said: new Set(findings(resources, resources, TOGETHER).map(({ text }) => text)),
    reads: new Map(TOGETHER.map((rule) => [rule, readBy(rule, resources)])),
  };
}

function readBy(rule: Rule, resources: readonly Resource[]): ReadonlySet<string> {
  const names = new Set<string>();
  const watched = resources.map(
    (resource) =>
      new Proxy(resource, {
        get: (target, property) => {
          if (property !== "type" && property !== "name") {
            names.add(target.name);
          }
          return Reflect.get(target, property);
        },
      }),
  );
  findings([], watched, [rule]);
  return names;
}

function judged(mutant: StackMutant, { registrations, resources: before, said, reads }: Base): Judged {
  const after = mutated(registrations.map(copied(mutant)), mutant).map(provided);
  const changed = after.filter((each) => !before.has(each));
  const isProvider = ({ type }: Recorded): boolean => type.startsWith("pulumi:providers:");
  // A provider is part of every resource that it makes.
  const isAnew = changed.some(isProvider);
  const anew = new Map(zip(isAnew ? after : [...changed, ...after.filter(isProvider)], mutant.layer));
  const resources = after.map((each) => anew.get(each) ?? (before.get(each) as Resource));
  const touched = isAnew ? resources : changed.map((each) => anew.get(each) as Resource);
  const rules =
    "resource" in mutant && !isAnew ? TOGETHER.filter((rule) => reads.get(rule)?.has(mutant.resource.name)) : TOGETHER;
  const fresh = findings(touched, resources, rules).filter(({ text }) => !said.has(text));
  const isHere = shownAt(mutant);
  return {
    accused: fresh.filter(({ address }) => isHere(address)).map(({ text }) => text),
    elsewhere: fresh.filter(({ address }) => !isHere(address)).map(({ text }) => text),
  };
}

/** Registrations with what rules see of them. */
const zip = (registrations: Recorded[], layer: Layer): [Recorded, Resource][] =>
  resourcesOf({ layer, registrations }, "prod").map((resource, index) => [registrations[index] as Recorded, resource]);

const key = ({ type, name }: Pick<Recorded, "type" | "name">): string => `${type} ${name}`;

/** Resources that a mutant changes are copies; the others are shared by all mutants. */
function copied(mutant: StackMutant): (each: Recorded) => Recorded {
  const own = "edits" in mutant ? mutant.edits : "resource" in mutant ? [mutant] : [];
  const named = own.map(({ resource }) => key(resource));
  return (each) => (named.includes(key(each)) ? structuredClone(each) : each);
}

/** What a mutant adds is made by the layer's provider, as everything else, and protected: nobody forgot either. */
const provided = (each: Recorded): Recorded =>
  each.name === "added" ? { ...each, protect: true, provider: each.type.startsWith("aws:") ? "aws" : "cluster" } : each;

function shownAt(mutant: StackMutant): (address: string) => boolean {
  if ("removes" in mutant) {
    return () => true;
  }
  const own = "adds" in mutant ? ["added"] : ("edits" in mutant ? mutant.edits : [mutant]).map(({ resource }) => resource.name);
  const names = [...own, ...(mutant.shows === undefined ? [] : [mutant.shows])];
  return (address) => names.some((name) => address === `${mutant.layer}-prod/${name}`);
}

/** What rules say of some resources one by one, and some rules of all together. */
function findings(
  some: readonly Resource[],
  all: readonly Resource[],
  rules: readonly Rule[],
): { address: string; text: string }[] {
  const terms = { environment: "prod", exceptions, today: TODAY } as const;
  return [evaluate(some, { rules: ONE_BY_ONE, ...terms }), evaluate(all, { rules, ...terms })].flatMap(told);
}

const told = ({ violations, open }: Verdict): { address: string; text: string }[] => [
  ...violations.map((each) => ({ address: each.address, text: sentence(each) })),
  ...open.map((each) => ({ address: each.address, text: openSentence(each) })),
];
