import { resourcesOf } from "#plan/policy";
import type { Recorded } from "#plan/record";
import { RULES } from "#policies/catalogue";
import { evaluate, openSentence, sentence, type Verdict } from "#policies/evaluate";
import type { Resource } from "#policies/resource";
import { isResourceRule } from "#policies/rule";
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
  resources: Resource[];
  said: ReadonlySet<string>;
}

/** @returns a judge of changes to prod. Rules about one resource look again only at what a mutant changes. */
export async function judgeOf(): Promise<(mutant: StackMutant) => Judged> {
  const layers = new Map<Layer, Base>();
  for (const layer of LAYERS) {
    const { resources: registrations } = await stackOf(layer, "prod");
    const resources = resourcesOf({ layer, registrations }, "prod");
    layers.set(layer, { registrations, resources, said: new Set(findings(resources, resources).map(({ text }) => text)) });
  }
  return (mutant) => judged(mutant, layers.get(mutant.layer) as Base);
}

function judged(mutant: StackMutant, { registrations, resources: before, said }: Base): Judged {
  const { layer } = mutant;
  const after = mutated(registrations.map(copied(mutant)), mutant).map(provided);
  const changed = new Set(after.filter((each) => !registrations.includes(each)).map(key));
  // A provider is part of every resource that it makes.
  const isAnew = [...changed].some((each) => each.startsWith("pulumi:providers:"));
  const known = new Map(before.map((each) => [key(each), each]));
  const resources = resourcesOf({ layer, registrations: after }, "prod").map((each) =>
    isAnew || changed.has(key(each)) ? each : (known.get(key(each)) ?? each),
  );
  const touched = resources.filter((each) => !before.includes(each));
  const fresh = findings(touched, resources).filter(({ text }) => !said.has(text));
  const isHere = shownAt(mutant);
  return {
    accused: fresh.filter(({ address }) => isHere(address)).map(({ text }) => text),
    elsewhere: fresh.filter(({ address }) => !isHere(address)).map(({ text }) => text),
  };
}

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

/** What rules say of some resources one by one, and of all together. */
function findings(some: readonly Resource[], all: readonly Resource[]): { address: string; text: string }[] {
  const terms = { environment: "prod", exceptions, today: TODAY } as const;
  return [evaluate(some, { rules: ONE_BY_ONE, ...terms }), evaluate(all, { rules: TOGETHER, ...terms })].flatMap(told);
}

const told = ({ violations, open }: Verdict): { address: string; text: string }[] => [
  ...violations.map((each) => ({ address: each.address, text: sentence(each) })),
  ...open.map((each) => ({ address: each.address, text: openSentence(each) })),
];
