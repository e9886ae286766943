import { policyMarkdown } from "#policies/reports/markdown";
import { COMMENT_CHARACTERS, fitting } from "#render/comment";
import { plainly } from "#render/terminal";
import type { Capacity } from "../capacity/capacity.ts";
import { type Cost, costNotes } from "../cost.ts";
import type { Difference } from "../difference.ts";
import type { EnvironmentPlan } from "../environment.ts";
import { type Policy, ruleAddress } from "../policy.ts";
import { PRICES_AS_OF } from "../prices.ts";
import { countsByKind } from "../summary.ts";
import { capacityMarkdown } from "./capacity.ts";
import { differenceLines, dollars, notReleasedHere } from "./text.ts";

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
  const { environment, release, notReleased, program, layers, assumptions } = plan;
  const text = [
    COMMENT_MARK(environment),
    `### ${environment}: ${layers.map(({ resources }) => resources.length).reduce((a, b) => a + b, 0)} resources, ${dollars(cost.atRest)} a month at rest`,
    "",
    `Release \`${release}\`${program === "" ? "" : `, program \`${program}\``}. Ceiling ${dollars(cost.ceiling)} (${cost.ceilingOf.join(", ")}, all month). Prices of ${cost.region} as of ${PRICES_AS_OF}.`,
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
          `<details><summary>against ${difference.against}</summary>`,
          "",
          "```diff",
          plainly(differenceLines(difference).join("\n")),
          "```",
          "</details>",
        ]
      : []),
    "",
  ].join("\n");
  return fitting(text, COMMENT_CHARACTERS.github, "the page that `--html` writes has all of it.");
}
