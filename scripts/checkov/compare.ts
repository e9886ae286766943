import type { EnvironmentPlan } from "#plan/environment";
import { policyOf } from "#plan/policy";
import { RULES } from "#policies/catalogue";
import type { Violation } from "#policies/evaluate";
import type { Exception } from "#policies/exceptions";
import { exceptionsInForce } from "#policies/exceptions-file";
import { LAYERS, type Layer } from "#stacks/contracts";
import type { ProdMutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { changed, type Manifest, manifestsOf } from "./prod.ts";
import { type Finding, scan } from "./run.ts";

/** What one of our rules found, with the exception that allows it for now. */
export type Ours = Violation & { exception?: Exception };

/** What both say of a change, beyond what they said of prod before. */
export interface Reaction {
  family: string;
  what: string;
  checkov: Finding[];
  ours: Ours[];
  /** Why checkov had nothing to look at. Absent where it has checks for what was changed. */
  blind?: "not in the objects" | "no check of this kind";
}

export interface Comparison {
  prod: { manifests: Manifest[]; checkov: Finding[]; ours: Ours[] };
  /** What checkov would say of the model server, were it a Deployment. */
  asDeployment: Finding[];
  reactions: Reaction[];
}

/** What checkov and our rules find in prod, and in prod with each of the mutants. */
export function compare(command: string, plan: EnvironmentPlan, today: string): Comparison {
  const exceptions = exceptionsInForce(RULES.map(({ id }) => id));
  const ours = (of: EnvironmentPlan): Ours[] =>
    policyOf(of, exceptions, today).verdicts.flatMap(({ verdict }) => [...verdict.violations, ...verdict.excepted]);
  // A layer is a stack: whoever scans it has its objects and no others.
  const before = new Map(LAYERS.map((layer) => [layer, scanned(command, plan, layer)]));
  const prod = {
    manifests: [...before.values()].flatMap(({ manifests }) => manifests),
    checkov: [...before.values()].flatMap(({ findings }) => findings),
    ours: ours(plan),
  };
  const known = kindsLookedAt(prod.checkov);
  const told = new Set(prod.ours.map(ruleKey));
  const react = (family: string, mutant: ProdMutant): Reaction => {
    const { what, layer } = mutant;
    const mutated = changed(plan, mutant);
    const old = before.get(layer) as Scanned;
    const differing = difference(old.manifests, manifestsOf(mutated, layer));
    const now = differing.length === 0 ? old : scanned(command, mutated, layer);
    const blind =
      differing.length === 0
        ? "not in the objects"
        : differing.some((file) => known.has(kindOf(file)))
          ? undefined
          : "no check of this kind";
    return {
      family,
      what,
      checkov: newIn(now, old),
      ours: ours(mutated).filter((finding) => !told.has(ruleKey(finding))),
      ...(blind && { blind }),
    };
  };
  return {
    prod,
    asDeployment: scan(command, manifestsOf(plan, "workloads").map(rolloutAsDeployment)).filter(
      ({ file, failed }) => failed && kindOf(file) === "Rollout",
    ),
    reactions: Object.entries(MUTANTS).flatMap(([family, mutants]) => mutants.map((mutant) => react(family, mutant))),
  };
}

/** One of our findings is new if its value is new. */
const ruleKey = ({ rule, address, property, got }: Ours): string => `${rule.id} ${address} ${property} ${got}`;

/** One of checkov's findings is new if the check passed before, or if the value that it read has changed: checkov names only the first container that fails. */
function newIn(now: Scanned, old: Scanned): Finding[] {
  const failed = new Set(old.findings.filter((finding) => finding.failed).map(({ check, file }) => `${check} ${file}`));
  const valueIn = (manifests: readonly Manifest[], file: string, key: string): string | undefined =>
    JSON.stringify(valueAt(manifests.find((manifest) => manifest.file === file)?.object, key));
  return now.findings.filter(
    (finding) =>
      finding.failed &&
      (!failed.has(`${finding.check} ${finding.file}`) ||
        finding.keys.some((key) => valueIn(now.manifests, finding.file, key) !== valueIn(old.manifests, finding.file, key))),
  );
}

/** Value at a path of checkov's, `spec/containers/[0]/image`. */
const valueAt = (object: unknown, key: string): unknown =>
  key.split("/").reduce<any>((value, step) => value?.[step.replace(/^\[(\d+)\]$/, "$1")], object);

/** Kind of the object in a file. */
export const kindOf = (file: string): string => file.split(".").at(-2) ?? "";

/** Kinds of objects for which checkov has checks. NetworkPolicies are read by one that asks about pods, CKV2_K8S_6. */
export const kindsLookedAt = (findings: readonly Finding[]): Set<string> =>
  new Set(["NetworkPolicy", ...findings.map(({ file }) => kindOf(file))]);

interface Scanned {
  manifests: Manifest[];
  findings: Finding[];
}

function scanned(command: string, plan: EnvironmentPlan, layer: Layer): Scanned {
  const manifests = manifestsOf(plan, layer);
  return { manifests, findings: manifests.length === 0 ? [] : scan(command, manifests) };
}

/** A Rollout has the template of a Deployment, and checkov does not know it. */
const rolloutAsDeployment = ({ file, object }: Manifest): Manifest => ({
  file,
  object: object["kind"] === "Rollout" ? { ...object, apiVersion: "apps/v1", kind: "Deployment" } : object,
});

/** Files that are new, gone or changed. */
function difference(before: readonly Manifest[], after: readonly Manifest[]): string[] {
  const texts = (manifests: readonly Manifest[]) => new Map(manifests.map(({ file, object }) => [file, JSON.stringify(object)]));
  const [old, now] = [texts(before), texts(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((file) => old.get(file) !== now.get(file));
}
