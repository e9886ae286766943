// How a promotion looks on a screen: the answer first, the detail below it.

import type { Candidate, LayerPreview } from "#promotion/gates/gate";
import { lostIn } from "#promotion/gates/stateful";
import type { Change, Verdict } from "#promotion/ledger/record";
import type { Planned } from "#promotion/plan";
import { modelOf, nameOf } from "#promotion/subjects";
import { counted } from "#render/counted";
import { bold, dim, green, red, yellow } from "#render/terminal";

/** A label before a line. */
const labelled = (label: string, text: string): string => `  ${dim(label.padEnd(11))}  ${text}`;

/** One screen: what changes, what would be lost, how good it is, what it costs, and what the gates say. */
export function planText({ plan, previews, unseen, candidates, cost }: Planned): string {
  const { environment, changes, verdicts } = plan;
  return [
    ...changes.map((change) => `${bold(`${nameOf(change)} → ${environment}`)}   ${dim(`(${cameFrom(change)})`)}`),
    "",
    ...(previews === undefined ? [labelled("changes", red(`cannot be seen: ${unseen}`))] : changeLines(previews)),
    ...candidates.flatMap((each) => modelLines(each)).map((text) => labelled("model", text)),
    ...(cost === undefined ? [] : [labelled("cost", costLine(cost))]),
    ...verdictLines(verdicts).map((line, at) => labelled(at === 0 ? "gates" : "", line)),
    ...nextLine(plan.environment, verdicts),
  ].join("\n");
}

const cameFrom = ({ subject, from }: Change): string =>
  from === null ? `${modelOf(subject) === undefined ? "nothing" : "no version"} runs there` : `${from} runs there`;

/** What would change in each layer; what would be lost stands apart. */
export function changeLines(previews: readonly LayerPreview[]): string[] {
  return previews.flatMap((preview, at) => {
    const { layer, create, update, replace, delete: deleted } = preview;
    const parts = [
      ...(create > 0 ? [`${create} created`] : []),
      ...(update > 0 ? [`${update} updated`] : []),
      ...(replace > 0 ? [yellow(`${replace} replaced`)] : []),
      ...(deleted > 0 ? [yellow(`${deleted} deleted`)] : []),
    ];
    return [
      labelled(at === 0 ? "changes" : "", `${layer}: ${parts.join(" · ") || "nothing"}`),
      ...lostIn(preview).map(({ text }) => labelled("", red(text))),
    ];
  });
}

/** What a model release says of itself, against what runs. */
export function modelLines(candidate: Candidate): string[] {
  const { release } = candidate;
  if (!("model" in release)) {
    return [];
  }
  const champion = "champion" in candidate ? candidate.champion : undefined;
  const metrics = Object.entries(release.metrics.test).map(([name, value]) => {
    const before = champion?.metrics.test[name];
    return `${name} ${value}${before === undefined ? "" : ` (champion ${before})`}`;
  });
  return [
    `${release.model}: ${metrics.join(" · ")} on test`,
    `data ${release.data} · run ${release.run.slice(0, 8)}… · sha256 ${release.sha256.slice(0, 12)}…`,
  ];
}

const dollars = (amount: number): string => `$${Math.round(amount).toLocaleString("en")}`;

/** What the environment costs a month, and what it will. */
export function costLine({ now, next }: NonNullable<Planned["cost"]>): string {
  const parts = [
    ["at rest", now.atRest, next.atRest],
    ["at most", now.ceiling, next.ceiling],
  ] as const;
  return parts
    .map(([label, before, after]) =>
      Math.round(before) === Math.round(after)
        ? `${dollars(after)} a month ${label} (no change)`
        : `${dollars(before)} → ${dollars(after)} a month ${label}`,
    )
    .join(" · ");
}

const MARKS: Readonly<Record<Verdict["state"], string>> = {
  passed: green("✓"),
  failed: red("✗"),
  advised: yellow("!"),
  "not required": dim("–"),
};

/** A line for each gate. */
export const verdictLines = (verdicts: readonly Verdict[]): string[] => {
  const width = Math.max(0, ...verdicts.map(({ gate }) => gate.length));
  return verdicts.map(
    ({ gate, state, detail }) => `${MARKS[state]} ${gate.padEnd(width)}  ${state === "failed" ? red(detail) : detail}`,
  );
};

function nextLine(environment: string, verdicts: readonly Verdict[]): string[] {
  const failed = verdicts.filter(({ state }) => state === "failed");
  return failed.length === 0
    ? ["", labelled("next", `npx millrace promote apply --to ${environment}`)]
    : ["", labelled("next", `${counted(failed.length, "gate")} not met; then plan again`)];
}
