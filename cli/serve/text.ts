import type { LiveModel } from "#promotion/rollouts/live";
import type { Measurement } from "#promotion/rollouts/measurements";
import type { ReleaseStep } from "#promotion/rollouts/progress";
import { table } from "#render/table";
import { bold, dim, green, red, yellow } from "#render/terminal";
import { printable } from "#stacks/wording";

/** A model as it is served, for a person. */
export function liveText(live: LiveModel): string {
  const { model, measurements, pods } = live;
  return [
    `${bold(printable(model))}  ${headOf(live)}`,
    ...(measurements.length > 0 ? indented(table(["", "now", "stable", "limit", ""], measurements.map(rowOf))) : []),
    ...indented(
      dim(
        pods.map(({ version, ready, wanted }) => `version ${printable(version)}: ${ready} of ${wanted} pods ready`).join(" · "),
      ),
    ),
    ...nextOf(live).map((line) => `  ${line}`),
  ].join("\n");
}

const indented = (text: string): string[] => (text === "" ? [] : text.split("\n").map((line) => `  ${line}`));

function headOf({ state, stable, version, step, weight, observed, message }: LiveModel): string {
  const both = `${printable(stable) || "none"} → ${printable(version)}`;
  switch (state) {
    case "stable":
      return `${printable(version)}   ${green("stable, all users")}`;
    case "thrown out":
      return `${printable(stable)}   ${red(`${printable(version)} was thrown out`)}: ${printable(message)}`;
    case "paused":
      return `${both}   ${yellow(`step ${step?.number} of ${step?.of} waits for a person`)}: ${printable(message)}`;
    case "stuck":
      return `${both}   ${red("does not go on")}: ${printable(message)}`;
    case "going": {
      const seen = observed === undefined ? "" : `   observed ${observed.toFixed(1)} %`;
      return `${both}   step ${step?.number} of ${step?.of}: ${step === undefined ? "" : stepText(step, weight)}${seen}`;
    }
  }
}

function stepText({ what, since, for: whole }: ReleaseStep, weight: number): string {
  const share = `${weight} %`;
  if (what !== "serves" || since === undefined) {
    return what === "serves" ? share : `${share}, ${what}`;
  }
  return `${share} for ${timeOf(Math.min(since, whole ?? since))}${whole === undefined ? "" : ` of ${timeOf(whole)}`}`;
}

/** Seconds as a person says them: `40 s`, `3 min 12 s`. */
function timeOf(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min${whole % 60 === 0 ? "" : ` ${whole % 60} s`}`;
}

const rowOf = ({ name, value, stable, atLeast, limit, verdicts }: Measurement): string[] => [
  printable(name),
  numberText(value),
  numberText(stable),
  limitText(atLeast, limit),
  verdicts.map((verdict) => MARKS[verdict]).join(""),
];

function limitText(atLeast: number | undefined, limit: number | undefined): string {
  if (atLeast === undefined) {
    return numberText(limit);
  }
  return limit === undefined ? `at least ${atLeast}` : `${atLeast} to ${limit}`;
}

const numberText = (number: number | undefined): string =>
  number === undefined ? dim("–") : String(Number(number.toPrecision(3)));

const MARKS: Record<Measurement["verdicts"][number], string> = {
  good: green("✓"),
  bad: red("✗"),
  undecided: yellow("~"),
  "no data": "·",
  "no answer": yellow("?"),
};

/** What to type next. */
function nextOf({ model, state, step }: LiveModel): string[] {
  const name = printable(model);
  switch (state) {
    case "paused":
      return [
        `${step?.undecided ? "give it all users anyway:  " : "measure again, or go on:   "}npx millrace serve promote ${name} --env <environment> --reason '<why>'`,
        `give users the one before: npx millrace serve abort ${name} --env <environment> --reason '<why>'`,
      ];
    case "stuck":
      return [`give users the one before: npx millrace serve abort ${name} --env <environment> --reason '<why>'`];
    case "thrown out":
      return ["write it down, and make the pointer say what users have: npx millrace promote follow --to <environment>"];
    default:
      return [];
  }
}
