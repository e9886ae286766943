import type { EnvironmentPlan } from "#plan/environment";
import type { Rule } from "#policies/rule";
import { type Comparison, kindOf, kindsLookedAt, type Ours, type Reaction } from "./compare.ts";
import { checkIds, ruleIds, type Side, sideOf, silence, UNEXPLAINED, verdictOn } from "./explain.ts";
import { OF_CHECKOV } from "./explanations.ts";
import { CHECKOV, type Finding } from "./run.ts";

export interface Facts {
  comparison: Comparison;
  plan: EnvironmentPlan;
  rules: readonly Rule[];
  /** Day of the comparison, `2026-11-21`. */
  today: string;
  /** Output of `python3 --version`. */
  python: string;
}

/** The comparison as a Markdown page. */
export const comparisonPage = (facts: Facts): string =>
  [
    "# Our rules and checkov",
    "",
    "<!-- Written by `npm run checkov`, figures and tables as measured: change `scripts/checkov`, not this page. -->",
    "",
    ...head(facts),
    ...inShort(facts.comparison),
    ...asItIs(facts),
    ...reach(facts.comparison),
    ...badChanges(facts.comparison),
    ...catalogue(facts.rules),
    "",
  ].join("\n");

function head({ comparison: { prod }, plan, rules, today, python }: Facts): string[] {
  const resources = plan.layers.flatMap((layer) => layer.resources);
  const charts = resources.filter(({ type }) => type.startsWith("kubernetes:helm.sh/")).length;
  return [
    `Prod on ${today}, platform release \`${plan.platformRelease}\`: ${resources.length} resources. checkov ${CHECKOV} (${python}) read the ${prod.manifests.length} Kubernetes objects among them`,
    `as YAML, stack by stack, with its Kubernetes checks and its search for secrets. It read neither the AWS resources nor the ${charts} Helm releases: it cannot read`,
    `programs in TypeScript, and a chart's objects exist only after it is installed. Our ${rules.length} rules checked the whole plan, with the levels of prod.`,
    "",
    "`npm run checkov` measures this again, in about five minutes. It needs `python3` with `venv`, and PyPI the first time. checkov itself does not use the network.",
  ];
}

const SIDES: readonly Side[] = ["both", "only ours", "only checkov", "neither"];

function inShort({ reactions }: Comparison): string[] {
  const found = reactions.filter(({ ours }) => ours.length > 0);
  const allowed = found.filter(isAllowed).length;
  return [
    "",
    "## In short",
    "",
    `${reactions.length} bad changes to prod, one at a time, and who finds them:`,
    "",
    `| | changes | ${SIDES.join(" | ")} |`,
    "|---|---:|---:|---:|---:|---:|",
    ...[...Map.groupBy(reactions, ({ family }) => family)].map(
      ([family, members]) =>
        `| ${family} | ${members.length} | ${SIDES.map((side) => members.filter((each) => sideOf(each) === side).length).join(" | ")} |`,
    ),
    "",
    `Our rules find ${found.length} of the ${reactions.length} changes. ${allowed === 0 ? `All ${found.length} are stopped today.` : `Exceptions allow ${allowed} of them today, and the others are stopped.`} Gaps in our rules: ${gapsAmong(reactions).join(", ") || "none"}.`,
  ];
}

const isAllowed = ({ ours }: Reaction): boolean => ours.every(({ exception }) => exception !== undefined);

const gapsAmong = (reactions: readonly Reaction[]): string[] =>
  reactions
    .filter((reaction) => sideOf(reaction) === "only checkov")
    .map(({ what, checkov }) => ({ what, checks: checkIds(checkov).filter((check) => OF_CHECKOV[check]?.kind === "gap") }))
    .filter(({ checks }) => checks.length > 0)
    .map(({ what, checks }) => `${what} (${checks.join(", ")})`);

function asItIs({ comparison: { prod }, rules }: Facts): string[] {
  const failed = prod.checkov.filter((finding) => finding.failed);
  const stopped = prod.ours.filter(({ exception }) => exception === undefined);
  return [
    "",
    "## Prod as it is",
    "",
    `checkov: ${prod.checkov.length} checks on objects; ${failed.length} failed, by ${checkIds(failed).length} different checks. Violations of our rules: ${stopped.length}, and ${prod.ours.length - stopped.length} more that an exception allows until it ends.`,
    "",
    "| checkov | check | fails for | our rules that name it | verdict |",
    "|---|---|---|---|---|",
    ...checkIds(failed).map((check) => {
      const those = failed.filter((finding) => finding.check === check);
      return `| ${check} | ${those[0]?.title} | ${those.map(objectOf).join(", ")} | ${peersOf(check, rules, prod.ours)} | ${verdictOn(check) ?? UNEXPLAINED} |`;
    }),
    "",
    "| our rule | finds it in | checkov finds it there | allowed by |",
    "|---|---|---|---|",
    ...ruleIds(prod.ours).map((id) => {
      const those = prod.ours.filter(({ rule }) => rule.id === id);
      const places = [...new Set(those.map(({ address }) => address))];
      const seen = places.filter((place) => failed.some((finding) => isPeer(those[0], finding) && liesIn(place, finding)));
      const tickets = [
        ...new Set(those.map(({ exception, level }) => exception?.ticket ?? (level === "advisory" ? "advised only" : "nothing"))),
      ];
      return `| ${id} | ${places.map(code).join(", ")} | ${seen.length} of ${places.length} | ${tickets.join(", ")} |`;
    }),
  ];
}

const code = (text: string): string => `\`${text}\``;
const objectOf = ({ file }: Finding): string => `${kindOf(file)} ${code(nameOf(file))}`;
const nameOf = (file: string): string => file.split(".")[0] ?? "";
const liesIn = (address: string, { file }: Finding): boolean => address.split("/").at(-1) === nameOf(file);
const isPeer = (ours: Ours | undefined, { check }: Finding): boolean => ours?.rule.peers?.includes(check) ?? false;

function peersOf(check: string, rules: readonly Rule[], found: readonly Ours[]): string {
  const peers = rules.filter((rule) => rule.peers?.includes(check)).map(({ id }) => id);
  const told = peers.map((id) => `${id} (${found.some(({ rule }) => rule.id === id) ? "finds it too" : "passes"})`);
  return told.join(", ") || "none";
}

function reach({ prod, asDeployment }: Comparison): string[] {
  const known = kindsLookedAt(prod.checkov);
  const kinds = Map.groupBy(prod.manifests, ({ file }) => kindOf(file));
  const list = (wanted: boolean): string =>
    [...kinds]
      .filter(([kind]) => known.has(kind) === wanted)
      .map(([kind, members]) => `${kind} ${members.length}`)
      .sort()
      .join(", ");
  const looked = prod.manifests.filter(({ file }) => known.has(kindOf(file))).length;
  return [
    "",
    "## What checkov can look at",
    "",
    `${looked} of the ${prod.manifests.length} objects are of a kind that it has a check for: ${list(true)}. It has no check for the others: ${list(false)}.`,
    "",
    `The model server itself is a Rollout, so checkov does not check its pods. As a Deployment it fails ${checkIds(asDeployment).join(", ") || "nothing"}.`,
  ];
}

function badChanges({ reactions }: Comparison): string[] {
  return [
    "",
    "## Bad changes",
    "",
    "The table has only new findings: something was right before the change, or wrong in another way. A finding that an exception allows is reported and stops nothing. It is marked with the exception's ticket.",
    "*Not in the objects*: the YAML is the same before and after. *No check of this kind*: checkov has no check for such objects.",
    ...[...Map.groupBy(reactions, ({ family }) => family)].flatMap(([family, members]) => [
      "",
      `### ${family}`,
      "",
      "| a change that brings | ours | checkov | why only one finds it |",
      "|---|---|---|---|",
      ...members.map(
        (each) => `| ${each.what} | ${toldByUs(each)} | ${checkIds(each.checkov).join(", ") || "–"} | ${silence(each)} |`,
      ),
    ]),
  ];
}

const toldByUs = ({ ours }: Reaction): string =>
  ruleIds(ours)
    .map((id) => {
      const those = ours.filter(({ rule }) => rule.id === id);
      const stops = those.some(({ exception }) => exception === undefined);
      return `[${id}](policies.md#${id.toLowerCase()})${stops ? "" : ` (allowed by ${those[0]?.exception?.ticket})`}`;
    })
    .join(", ") || "–";

function catalogue(rules: readonly Rule[]): string[] {
  const naming = (pattern: RegExp): number => rules.filter(({ peers = [] }) => peers.some((peer) => pattern.test(peer))).length;
  const any = naming(/^CKV/);
  return [
    "",
    "## The catalogue",
    "",
    `${naming(/^CKV2?_K8S/)} of our ${rules.length} rules name a checkov check for Kubernetes. ${naming(/^CKV2?_AWS/)} name one for AWS, which checkov runs on Terraform and CloudFormation. For the other ${rules.length - any} we know of no checkov check.`,
  ];
}
