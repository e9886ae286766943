import { type Html, html } from "#render/page";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import type { PromotionOutcome } from "./outcome.ts";
import type { Mark, StepResult } from "./scene.ts";

const LEFT = 92;
const RIGHT = 14;
const COLUMN = 44;
/** Narrowest picture: fewer steps have wider columns. */
const WIDTH = 1120;
const TOP = 10;
const BAR = 20;
const SIGNS = 34;
const GAP = 22;

/** A sign for each mark, and what it says in words: a reader needs no colour. */
const SIGN: Record<Mark["kind"], { sign: string; words: string; colour: string }> = {
  made: { sign: "◆", words: "released", colour: "--accent" },
  approved: { sign: "✓", words: "approved", colour: "--good" },
  stopped: { sign: "✗", words: "stopped", colour: "--bad" },
  arrives: { sign: "▼", words: "arrives", colour: "--new" },
  "thrown-out": { sign: "⊘", words: "thrown out by its measurements", colour: "--bad" },
  back: { sign: "↶", words: "rolled back to", colour: "--bad" },
  held: { sign: "‖", words: "held", colour: "--soft" },
};

/** A time in which an environment ran a version, in columns of the picture. */
export interface Run {
  subject: string;
  version: string;
  from: number;
  to: number;
}

/** What an environment ran, by what its steps show. Columns are numbers of steps, from 0. */
export function runsIn(environment: EnvironmentName, first: PromotionOutcome["first"], steps: readonly StepResult[]): Run[] {
  return Object.entries(first).flatMap(([subject, version]) => {
    const runs: Run[] = [{ subject, version, from: -1, to: steps.length }];
    for (const [column, { place, shows }] of steps.entries()) {
      const last = runs.at(-1)!;
      const changes = shows?.subject === subject && (shows.kind === "arrives" || shows.kind === "back");
      if (place === environment && changes && shows.version !== last.version) {
        last.to = column;
        runs.push({ subject, version: shows.version, from: column, to: steps.length });
      }
    }
    return runs;
  });
}

/** A lane for each environment, a column for each step: what runs where, what moved on, and what was stopped. */
export function picture({ first, steps, parts }: Pick<PromotionOutcome, "first" | "steps" | "parts">): Html {
  const subjects = Object.keys(first);
  const lane = SIGNS + subjects.length * (BAR + 3);
  const width = Math.max(WIDTH, LEFT + RIGHT + COLUMN * (steps.length + 2));
  const column = (width - LEFT - RIGHT) / (steps.length + 2);
  const height = TOP + SIGNS + ENVIRONMENTS.length * (lane + GAP) + 34;
  const x = (index: number): number => LEFT + (index + 1.5) * column;
  const laneTop = (environment: EnvironmentName): number => TOP + SIGNS + GAP + ENVIRONMENTS.indexOf(environment) * (lane + GAP);
  const signs = ({ place }: StepResult): number => (place === "repository" ? TOP : laneTop(place)) + 12;
  const bar = (environment: EnvironmentName, subject: string): number =>
    laneTop(environment) + SIGNS + subjects.indexOf(subject) * (BAR + 3);

  const runs = ENVIRONMENTS.flatMap((environment) =>
    runsIn(environment, first, steps).map(({ subject, version, from, to }) => {
      const [left, right] = [from < 0 ? LEFT + column * 0.5 : x(from), x(to)];
      return html`<g><title>${environment} runs ${subject} ${version}</title>
<rect x="${fixed(left)}" y="${bar(environment, subject)}" width="${fixed(right - left)}" height="${BAR}" rx="3" style="fill:var(--${from < 0 ? "room" : "paper"});stroke:var(--old)"/>
<text x="${fixed(left + 6)}" y="${bar(environment, subject) + 14}" font-size="12" style="fill:var(--ink)">${shortened(`${subject} ${version}`, right - left - 8)}</text></g>`;
    }),
  );
  return html`<div class="scroll"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="releases moving from dev to staging to prod" style="width:100%;min-width:${Math.round(width * 0.7)}px;height:auto">
<text x="0" y="${TOP + 17}" font-size="13" style="fill:var(--soft)">repository</text>
${ENVIRONMENTS.map(
  (
    environment,
  ) => html`<line x1="0" x2="${width}" y1="${laneTop(environment) - GAP / 2}" y2="${laneTop(environment) - GAP / 2}" style="stroke:var(--line)"/>
<text x="0" y="${laneTop(environment) + lane / 2 + 4}" font-size="15" font-weight="600" style="fill:var(--ink)">${environment}</text>
<text x="0" y="${laneTop(environment) + lane / 2 + 20}" font-size="11" style="fill:var(--soft)">${upIn(parts, environment)}</text>`,
)}
${runs}
${steps.map((step, index) => way(step, x(index), bar))}
${steps.map((step, index) => sign(step, { number: index + 1, x: x(index), y: signs(step), width: column }))}
${steps.map(
  (
    { seconds },
    index,
  ) => html`<text x="${fixed(x(index))}" y="${height - 18}" text-anchor="middle" font-size="12" style="fill:var(--ink)">${index + 1}</text>
<text x="${fixed(x(index))}" y="${height - 4}" text-anchor="middle" font-size="10" style="fill:var(--soft)">${seconds.toFixed(seconds < 10 ? 1 : 0)} s</text>`,
)}
</svg></div>
<p class="soft">One column a step, with its number in the table and its seconds. ${[...new Set(steps.flatMap(({ shows }) => shows?.kind ?? []))].map((kind) => html`${SIGN[kind].sign} ${SIGN[kind].words} · `)}• another command · ✗ in a square: a command whose answer was not as expected</p>`;
}

/** From where a version arrives: the environment before, or the repository. */
function way({ place, shows }: StepResult, x: number, bar: (environment: EnvironmentName, subject: string) => number): Html {
  if (shows?.kind !== "arrives" || place === "repository") {
    return html``;
  }
  const before = ENVIRONMENTS[ENVIRONMENTS.indexOf(place) - 1];
  const from = before === undefined ? TOP + SIGNS : bar(before, shows.subject) + BAR;
  const to = bar(place, shows.subject);
  return html`<path d="M${fixed(x)},${from} V${to - 1} m-4,-7 l4,7 l4,-7" style="fill:none;stroke:var(--new);stroke-width:1.6"/>`;
}

/** What happened, as a sign; its words are shown on pointing at it. What a bar does not say stands below it. */
function sign(
  { title, shows, fault }: StepResult,
  { number, x, y, width }: { number: number; x: number; y: number; width: number },
): Html {
  const { sign: text, words, colour } = shows ? SIGN[shows.kind] : { sign: "•", words: "", colour: "--soft" };
  const told = [`${number}. ${title}`, shows && `${words} ${shows.subject} ${shows.version}`, fault].filter(Boolean).join(" · ");
  const place = html`x="${fixed(x)}" y="${y + 5}" text-anchor="middle"`;
  const named = shows !== undefined && shows.kind !== "arrives" && shows.kind !== "back";
  const below = named
    ? html`<text x="${fixed(x)}" y="${y + 19}" text-anchor="middle" font-size="10" style="fill:var(--soft)">${shortened(shows.subject === "platform" ? shows.version : `${shows.subject} ${shows.version}`, width)}</text>`
    : html``;
  return fault === undefined
    ? html`<g><title>${told}</title><circle cx="${fixed(x)}" cy="${y}" r="10" style="fill:var(--paper)"/><text ${place} font-size="15" style="fill:var(${colour})">${text}</text>${below}</g>`
    : html`<g><title>${told}</title><rect x="${fixed(x - 10)}" y="${y - 10}" width="20" height="20" style="fill:var(--paper);stroke:var(--bad);stroke-width:2"/><text ${place} font-size="15" style="fill:var(--bad)">✗</text></g>`;
}

const upIn = (parts: PromotionOutcome["parts"], environment: EnvironmentName): string => {
  const { upSeconds } = parts.find((part) => part.environment === environment) ?? {};
  return upSeconds === undefined ? "" : `up in ${upSeconds.toFixed(0)} s`;
};

/** Cut to a width in pixels, by the width of most letters. */
const shortened = (text: string, width: number): string => {
  const letters = Math.max(0, Math.floor(width / 6.6));
  return text.length <= letters ? text : letters < 3 ? "" : `${text.slice(0, letters - 1)}…`;
};

const fixed = (pixels: number): string => pixels.toFixed(1);
