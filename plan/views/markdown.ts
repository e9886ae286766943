import { policyMarkdown } from "#policies/reports/markdown";
import { COMMENT_CHARACTERS, fitting } from "#render/comment";
import { counted } from "#render/counted";
import { fenced, plainText } from "#render/markdown";
import type { Capacity } from "../capacity/capacity.ts";
import { type Cost, costNotes } from "../cost.ts";
import type { Difference, ValueChange } from "../difference.ts";
import type { EnvironmentPlan } from "../environment.ts";
import { type Policy, ruleAddress } from "../policy.ts";
import { PRICES_AS_OF } from "../prices.ts";
import { countsByKind } from "../summary.ts";
import { capacityMarkdown } from "./capacity.ts";
import { changedParts } from "./changed-parts.ts";
import { differenceSummary, dollars, notReleasedHere } from "./text.ts";

/** First line of the comment: whoever posts it finds the earlier one by this and edits it in place. */
export const COMMENT_MARK = (environment: string): string => `<!-- millrace plan ${environment} -->`;

/** The plan as a comment on a pull request, of a length that every service takes. */
export function planMarkdown(
  plan: EnvironmentPlan,
  cost: Cost,
  difference?: Difference,
  policy?: Policy,
  capacity?: Capacity,
): string {
  const { environment, platformRelease, notReleased, program, layers, assumptions } = plan;
  const text = [
    COMMENT_MARK(environment),
    `### ${environment}: ${counted(
      layers.map(({ resources }) => resources.length).reduce((a, b) => a + b, 0),
      "resource",
    )}, ${dollars(cost.atRest)} a month at rest`,
    "",
    `Platform release \`${platformRelease}\`${program === "" ? "" : `, program \`${program}\``}. Ceiling ${dollars(cost.ceiling)} (${cost.ceilingOf.join(", ")}, all month). Prices of ${cost.region} as of ${PRICES_AS_OF}.`,
    ...costNotes(cost).map((text) => `\nCost: ${text}.`),
    "",
    "| layer | resources | of which |",
    "|---|---:|---|",
    ...layers.map((layer) => {
      const kinds = Object.entries(countsByKind(layer)).map(([kind, count]) => `${kind} ${count}`);
      return `| ${layer.layer} | ${layer.resources.length} | ${kinds.join(", ")} |`;
    }),
    ...(notReleased.length > 0 ? ["", `Not served: ${notReleasedHere(plan)}.`] : []),
    ...(capacity ? capacityMarkdown(capacity) : []),
    ...(policy ? ["", policyMarkdown(policy.verdicts, ruleAddress, policy.today)] : []),
    ...assumptions.map((text) => `\n> ${text}`),
    ...(difference
      ? [
          "",
          `<details><summary>against ${plainText(difference.against)}</summary>`,
          "",
          ...fenced(diffLines(difference), "diff"),
          "</details>",
        ]
      : []),
    "",
  ].join("\n");
  const compared = difference ? ` --against ${difference.against}` : "";
  const command = `npx millrace plan ${environment}${compared} --json`;
  return fitting(text, COMMENT_CHARACTERS.github, `\`${command}\` prints all of it.`);
}

/** Most changed resources and values of one resource that a comment lists. */
const LISTED = 200;
const VALUES = 20;

/** A difference in the format in which a comment has colours: a line that begins with `+` is green, one with `-` red. */
function diffLines(difference: Difference): string[] {
  const { cost, profile, resources } = difference;
  return [
    `# ${differenceSummary(difference)}`,
    ...(Math.round(cost.from) === Math.round(cost.to)
      ? []
      : [`- cost at rest: ${dollars(cost.from)} a month`, `+ cost at rest: ${dollars(cost.to)} a month`]),
    ...(profile.length > 0 ? ["@@ profile @@", ...profile.flatMap(valueLines)] : []),
    ...resources.slice(0, LISTED).flatMap(({ kind, layer, resource, values }) => {
      const name = `${layer}/${resource}`;
      return kind === "changed"
        ? [
            `@@ ${name} @@`,
            ...values.slice(0, VALUES).flatMap(valueLines),
            ...(values.length > VALUES ? [`# and ${counted(values.length - VALUES, "more value")}`] : []),
          ]
        : [`${kind === "added" ? "+" : "-"} ${name}`];
    }),
    ...(resources.length > LISTED ? [`# and ${counted(resources.length - LISTED, "more resource")}`] : []),
  ];
}

function valueLines(change: ValueChange): string[] {
  const { path, from, to, moved } = change;
  if (moved) {
    return [`- ${path} at place ${String(from)}`, `+ ${path} at place ${String(to)}`];
  }
  const [before, after] = changedParts(change);
  return [...(from === undefined ? [] : [`- ${path}  ${before}`]), ...(to === undefined ? [] : [`+ ${path}  ${after}`])];
}
