import { type Html, html } from "#render/page";
import type { ReleaseResult } from "./outcome.ts";

const WIDTH = 1120;
const HEIGHT = 240;
const LEFT = 44;
const BOTTOM = 26;
const TOP = 14;

/**
 * Who answered, second by second: the share of the new version as an area, the share asked for as a line over it,
 * failed requests as bars, verdicts as marks.
 */
export function trafficChart({ timeline, windows, events, model, version }: ReleaseResult): Html {
  const last = 1 + Math.max(0, ...timeline.map(({ at }) => at));
  const x = (second: number): number => LEFT + (second / last) * (WIDTH - LEFT - 10);
  const top = scaleFor(timeline, events);
  const y = (percent: number): number => TOP + (1 - Math.min(percent, top) / top) * (HEIGHT - TOP - BOTTOM);

  const shares = timeline.map(({ at, total, fresh }) => ({ at: at + 0.5, share: total === 0 ? 0 : (100 * fresh) / total }));
  const area = `M${x(0)},${y(0)} ${shares.map(({ at, share }) => `L${x(at).toFixed(1)},${y(share).toFixed(1)}`).join(" ")} L${x(last)},${y(0)} Z`;
  const verdicts = events.filter(
    ({ kind, phase, aborted }) => (kind === "analysis" && phase !== "Running" && phase !== "Pending") || aborted === true,
  );

  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="share of ${model} version ${version} over time" style="width:100%;height:auto">
<path d="${area}" style="fill:var(--new);opacity:.28;stroke:var(--new)"/>
<path d="${wantedLine(events, last, x, y)}" style="fill:none;stroke:var(--ink);stroke-width:1.4;stroke-dasharray:5 3"/>
${timeline
  .filter(({ failed }) => failed > 0)
  .map(
    ({ at, failed, total }) =>
      html`<rect x="${(x(at) - 2).toFixed(1)}" y="${y((100 * failed) / total).toFixed(1)}" width="4" height="${(y(0) - y((100 * failed) / total)).toFixed(1)}" style="fill:var(--bad)"/>`,
  )}
${verdicts.map(
  ({ seconds, text, phase, aborted }) =>
    html`<circle cx="${x(seconds).toFixed(1)}" cy="${TOP}" r="4.5" style="fill:${aborted === true || phase === "Failed" || phase === "Error" ? "var(--bad)" : phase === "Successful" ? "var(--good)" : "var(--soft)"}"><title>${seconds.toFixed(1)} s ${text}</title></circle>`,
)}
${[0, 0.25, 0.5, 0.75, 1].map((part) => part * top).map((percent) => html`<text x="${LEFT - 6}" y="${y(percent) + 4}" text-anchor="end" font-size="11" style="fill:var(--soft)">${percent} %</text>`)}
${ticks(last).map((second) => html`<text x="${x(second).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="middle" font-size="11" style="fill:var(--soft)">${second} s</text>`)}
${windows.map(({ wanted }) => html`<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(wanted)}" y2="${y(wanted)}" style="stroke:var(--line)"/>`)}
</svg>
<p class="soft">Area: share of the new version that users met. Dashed: share asked for. Red bars: failed requests. Dots above: verdicts of the analysis.</p>`;
}

/** Percent at the top of the picture: without it, a release that ended early would be a flat line. */
function scaleFor(timeline: ReleaseResult["timeline"], events: ReleaseResult["events"]): number {
  const highest = Math.max(
    ...events.map(({ weight = 0 }) => weight),
    ...timeline.map(({ total, fresh }) => (100 * fresh) / Math.max(1, total)),
  );
  return [20, 40, 100].find((top) => highest <= top * 0.8) ?? 100;
}

/** Steps from one wanted share to the next. */
function wantedLine(events: ReleaseResult["events"], last: number, x: (s: number) => number, y: (p: number) => number): string {
  const all = events.filter(({ weight }) => weight !== undefined);
  // Promoted: the controller swaps the Services and writes 0 for a canary that is the stable version now.
  const full = all.findIndex(({ weight }) => weight === 100);
  const changes = full < 0 ? all : all.slice(0, full + 1);
  let path = `M${x(0)},${y(0)}`;
  for (const { seconds, weight = 0 } of changes) {
    path += ` H${x(Math.max(0, seconds)).toFixed(1)} V${y(weight).toFixed(1)}`;
  }
  return `${path} H${x(last)}`;
}

function ticks(last: number): number[] {
  const step = [5, 10, 15, 30, 60, 120].find((candidate) => last / candidate <= 12) ?? 300;
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
}
