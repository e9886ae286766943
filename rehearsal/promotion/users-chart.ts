import { type Html, html } from "#render/page";
import type { Users } from "./scene.ts";

const WIDTH = 1120;
const HEIGHT = 150;
const LEFT = 44;
const TOP = 8;
const BOTTOM = 22;

/** Who answered, second by second: the share of each version as a line with its name, failed requests as bars. */
export function usersChart({ environment, model, at: from, timeline, byVersion }: Users): Html {
  const begin = timeline[0]?.at ?? from;
  const last = Math.max(1, (timeline.at(-1)?.at ?? begin) - begin + 1);
  const x = (at: number): number => LEFT + ((at - begin) / last) * (WIDTH - LEFT - 50);
  const y = (share: number): number => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  const versions = Object.keys(byVersion).sort((one, other) => Number(one) - Number(other));
  const lines = versions.map((version, index) => {
    const points = timeline.map(
      ({ at, total, byVersion: some }) => `${x(at + 0.5).toFixed(1)},${y((some[version] ?? 0) / Math.max(1, total)).toFixed(1)}`,
    );
    const most = timeline.toSorted((one, other) => (other.byVersion[version] ?? 0) - (one.byVersion[version] ?? 0))[0];
    return html`<polyline points="${points.join(" ")}" style="fill:none;stroke:var(--${["old", "new", "accent", "good"][index % 4] ?? "old"});stroke-width:1.8" stroke-dasharray="${["none", "6 3", "2 3", "8 3 2 3"][index % 4] ?? "none"}"/>
${most && html`<text x="${(x(most.at) + 4).toFixed(1)}" y="${(y((most.byVersion[version] ?? 0) / Math.max(1, most.total)) + 12).toFixed(1)}" font-size="11" style="fill:var(--ink)">v${version}</text>`}`;
  });
  const bars = timeline
    .filter(({ failed }) => failed > 0)
    .map(({ at, failed, total }) => {
      const top = y(failed / total);
      return html`<rect x="${x(at).toFixed(1)}" y="${top.toFixed(1)}" width="3" height="${(y(0) - top).toFixed(1)}" style="fill:var(--bad)"/>`;
    });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="who answered requests to ${model} in ${environment}" style="width:100%;height:auto">
${[0, 0.5, 1].map((share) => html`<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(share)}" y2="${y(share)}" style="stroke:var(--line)"/><text x="${LEFT - 6}" y="${y(share) + 4}" text-anchor="end" font-size="11" style="fill:var(--soft)">${share * 100} %</text>`)}
${bars}${lines}
<text x="${LEFT}" y="${HEIGHT - 6}" font-size="11" style="fill:var(--soft)">second ${begin.toFixed(0)} of the story</text>
<text x="${WIDTH - 10}" y="${HEIGHT - 6}" text-anchor="end" font-size="11" style="fill:var(--soft)">${(begin + last).toFixed(0)}</text>
</svg>`;
}
