import { type Fault, unless } from "../../findings.ts";
import { type Bag, bags, flag, isSet, list, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

export const RUN_03 = rule({
  id: "RUN-03",
  title: "A build with rights in the account starts for named workflows, branches or people, and never for every request",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["SLSA Build L2", "NIST SSDF PO.5"],
  remediation:
    "Give each group of `filterGroups` a filter besides EVENT: WORKFLOW_NAME, HEAD_REF, BASE_REF or ACTOR_ACCOUNT_ID, with a pattern from `^` to `$` that names what may start the build.",
  peers: ["prowler"],
  types: ["aws:codebuild/webhook:Webhook"],
  check: ({ inputs }) => {
    const groups = bags(inputs, "filterGroups");
    const isApproved = (text(inputs, "pullRequestBuildPolicy", "requiresCommentApproval") ?? "DISABLED") !== "DISABLED";
    const byBranch = narrows({ type: "HEAD_REF", pattern: isSet(inputs, "branchFilter") ? text(inputs, "branchFilter") : "" });
    return groups.length === 0 && byBranch
      ? []
      : groups.length === 0
        ? [
            {
              property: "filterGroups",
              got: "nothing, which is every event",
              want: "groups that name who or what starts a build",
            },
          ]
        : groups.flatMap((group, index) => opened(group, `filterGroups.${index}.filters`, isApproved));
  },
});

/** Events behind which may stand somebody without rights in the repository. A push needs such rights. */
const BY_ANYBODY = /PULL_REQUEST|WORKFLOW_JOB|ISSUE|COMMENT/;

/** A group of filters fits when each of its filters fits. A comment of a member may approve what others request. */
function opened(group: Bag, property: string, isApproved: boolean): Fault[] {
  const filters = bags(group, "filters");
  const events = filters.filter(({ type }) => type === "EVENT").map((each) => text(each, "pattern") ?? "");
  const isByAnybody =
    events.length === 0 || events.some((each) => BY_ANYBODY.test(isApproved ? each.replaceAll(/PULL_REQUEST_\w+/g, "") : each));
  const want = "narrowed by a filter that names workflows, branches or people";
  return unless(list(group, "filters").length > 0 && (!isByAnybody || filters.some(narrows)), {
    property,
    got: events.length === 0 ? "every event" : `${events.join(", ")} of anybody`,
    want,
  });
}

/** What filters narrow by whom or what, with texts that no pattern with a purpose fits. */
const STRANGE: Readonly<Record<string, readonly string[]>> = {
  ACTOR_ACCOUNT_ID: ["0", "90210"],
  ACTOR_ACCOUNT_NAME: ["0", "zq-somebody"],
  BASE_REF: ["refs/heads/zq-other", "zq-other"],
  HEAD_REF: ["refs/heads/zq-other", "zq-other"],
  RELEASE_NAME: ["zq-other"],
  REPOSITORY_NAME: ["zq-other", "zq/other"],
  TAG_NAME: ["zq-other", "refs/tags/zq-other"],
  WORKFLOW_NAME: ["zq other", "ZQ"],
};

function narrows(filter: Bag): boolean {
  const strange = STRANGE[text(filter, "type") ?? ""];
  const pattern = text(filter, "pattern") ?? "";
  if (strange === undefined || flag(filter, "excludeMatchedPattern") === true) {
    return false;
  }
  return isWhole(pattern) && !fitsAny(pattern, [...strange, ...likes(pattern)]);
}

/** Whether each alternative goes from `^` to `$`. Without both ends the name of a stranger may hold that of a friend. */
function isWhole(pattern: string): boolean {
  const plain = pattern.replaceAll(/\\.|\[[^\]]*\]/g, "x");
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(plain)?.[1] ?? plain;
  return withoutGroups(inner)
    .split("|")
    .every((way) => /^\^.*\$$/s.test(way));
}

function withoutGroups(pattern: string): string {
  const shorter = pattern.replaceAll(/\([^()]*\)/g, "x");
  return shorter === pattern ? pattern : withoutGroups(shorter);
}

/** Names like those in a pattern, as `^up.*$` would take. What a name with a slash or a version's `v` at its end holds is meant. */
const likes = (pattern: string): string[] =>
  (pattern.match(/[\w/-]*\w(?![\w/-])/g) ?? [])
    .filter((name) => !/(^|\/)v$/.test(name))
    .flatMap((name) => [`${name}-zq`, `${name}zq`, `zq-${name}`, `zq${name}`]);

/** A pattern that AWS would refuse fits nothing. */
function fitsAny(pattern: string, values: readonly string[]): boolean {
  try {
    const expression = new RegExp(pattern);
    return values.some((value) => expression.test(value));
  } catch {
    return /^[*+?]*$/.test(pattern);
  }
}
