import type { Verdict } from "#promotion/ledger/record";
import type { Planned } from "#promotion/plan";
import { nameOf } from "#promotion/subjects";
import { codeText, fenced, plainText } from "#render/markdown";
import { plainly } from "#render/terminal";
import { changeLines, costLine, modelLines } from "./text.ts";

const MARKS: Readonly<Record<Verdict["state"], string>> = { passed: "✅", failed: "❌", advised: "⚠️", "not required": "➖" };

/** A comment for the pull request that changes a pointer. Its first line identifies it, so that later runs edit it. */
export function planMarkdown({ plan, previews, unseen, candidates, cost }: Planned): string {
  const { environment, changes, verdicts, program } = plan;
  const failed = verdicts.filter(({ state }) => state === "failed").length;
  const lines =
    previews === undefined ? `cannot be seen: ${unseen}`.split("\n") : changeLines(previews).map((line) => plainly(line).trim());
  return [
    `<!-- millrace promote ${environment} -->`,
    `### Promotion to ${environment}: ${plainText(changes.map(nameOf).join(", "))}`,
    "",
    failed === 0
      ? "Every gate has passed. The merge applies it."
      : `**${failed} of ${verdicts.length} gates are not met.** Nothing is applied until they are.`,
    "",
    "| | gate | |",
    "|---|---|---|",
    ...verdicts.map(({ gate, state, detail }) => `| ${MARKS[state]} | ${plainText(gate)} | ${plainText(detail)} |`),
    "",
    ...changes.map(
      (change) =>
        `- **${plainText(nameOf(change))}** for ${plainText(change.from ?? "nothing")}, release ${codeText(change.digest.slice(0, 12))}`,
    ),
    ...candidates.flatMap(modelLines).map((text) => `- ${plainText(text)}`),
    ...(cost === undefined ? [] : [`- cost: ${costLine(cost)}`]),
    `- program ${codeText(program.slice(0, 12))}`,
    "",
    ...fenced(lines),
  ].join("\n");
}
