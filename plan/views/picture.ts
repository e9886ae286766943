import { counted } from "#render/counted";
import { COLOURS, type Html, html } from "#render/page";
import type { Arrow, Box, Handover, PlanGraph, Room } from "../graph.ts";
import { BOX, type Placed, type Point, placeBands } from "./layout.ts";
import { dollars } from "./text.ts";

/** Inner edge of a room, its headline, the way between two bands and between two rooms; pixels. */
const PAD = 22;
const HEADLINE = 46;
const STEP = 54;
const BETWEEN = 58;

/** Beside the rooms, for what skips one. */
const MARGIN = 30;

/** A room with the place of each band, its upper left corner counted from the room's. */
interface Stage {
  room: Room;
  bands: { placed: Placed; corner: Point }[];
  top: number;
  height: number;
}

/**
 * The environment as a drawing: layers as rooms, components as boxes, arrows from what must be there first to what needs it.
 *
 * Colours come from the page's variables. Each box is a link to `#<layer>/<component>`.
 *
 * @param ground drawn below everything. @default - nothing
 */
export function picture({ rooms, handovers }: PlanGraph, ground?: Html): Html {
  const stages = stagesOf(rooms);
  const width = Math.max(...stages.flatMap(({ bands }) => bands.map(({ placed }) => placed.width))) + 2 * PAD;
  const size = { width: width + MARGIN + 2, height: Math.max(...stages.map(({ top, height }) => top + height)) + 1 };
  return html`<svg class="plan" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="group" aria-label="Components by layer">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .8 7 4 0 7.2Z"/></marker></defs>
${ground}${stages.map((stage) => drawRoom(stage, width))}
${handovers.map((handover) => drawHandover(handover, stages, width))}
</svg>`;
}

function stagesOf(rooms: readonly Room[]): Stage[] {
  const placed = placeBands(rooms.flatMap(({ bands }) => bands));
  let top = 1;
  return rooms.map((room) => {
    let y = HEADLINE;
    const bands = placed.splice(0, room.bands.length).map((each) => {
      const corner = { x: PAD, y };
      y += each.height + STEP;
      return { placed: each, corner };
    });
    const stage = { room, bands, top, height: y - STEP + PAD };
    top += stage.height + BETWEEN;
    return stage;
  });
}

function drawRoom({ room, bands, top, height }: Stage, width: number): Html {
  const boxes = room.bands.flatMap((band) => band.boxes);
  const resources = boxes.reduce((sum, box) => sum + box.resources.length, 0);
  const monthly = boxes.reduce((sum, box) => sum + box.monthly, 0);
  const places = new Map(
    bands.flatMap(({ placed, corner }) =>
      [...placed.boxes].map(([id, { x, y }]) => [id, { x: corner.x + x, y: corner.y + y }] as const),
    ),
  );
  return html`<g class="room ${room.layer}" transform="translate(1 ${top})">
<rect class="walls" width="${width}" height="${height}" rx="12"/>
<text class="layer" x="${PAD}" y="29">${room.layer}</text>
<text class="sum" x="${width - PAD}" y="28" text-anchor="end">${counted(resources, "resource")}${monthly > 0 && ` · ${dollars(monthly)} a month`}</text>
${room.between.map((arrow) => drawArrow(arrow, between(arrow, places)))}
${bands.map(({ placed, corner }) =>
  placed.arrows.map(({ arrow, points }) =>
    drawArrow(arrow, curve(points.map(({ x, y }) => ({ x: corner.x + x, y: corner.y + y })))),
  ),
)}
${bands.map(({ corner }, index) => drawStep(room.bands[index]?.through, corner, width))}
${boxes.map((box) => drawBox(box, places.get(box.id) ?? { x: 0, y: 0 }))}
</g>`;
}

const drawArrow = ({ from, to }: Arrow, way: string): Html =>
  html`<path class="arrow" data-from="${from}" data-to="${to}" d="${way}"/>\n`;

/** Straight down from box to box, under whatever lies between. */
function between({ from, to }: Arrow, places: ReadonlyMap<string, Point>): string {
  const [start, end] = [places.get(from), places.get(to)];
  return start && end ? `M${start.x + BOX.width / 2} ${start.y + BOX.height}L${end.x + BOX.width / 2} ${end.y}` : "";
}

/** The line between two bands: what is below is made through what it names. */
function drawStep(through: string | undefined, { y }: Point, width: number): Html | false {
  const line = y - STEP / 2;
  return (
    through !== undefined &&
    html`<path class="step" d="M${PAD} ${line}H${width - PAD}"/><path class="handover" d="M${PAD + 40} ${line - 13}V${line + 17}"/><text class="handed" x="${PAD + 54}" y="${line - 6}">made through ${through}, which waits for what is above</text>\n`
  );
}

function drawBox({ id, name, type, resources, monthly }: Box, { x, y }: Point): Html {
  const sum = monthly >= 0.5 ? dollars(monthly) : "";
  return html`<a href="#${id}" data-id="${id}" aria-label="${name}: ${type}, ${counted(resources.length, "resource")}${sum !== "" && `, ${sum} a month`}"><g class="box" transform="translate(${round(x)} ${round(y)})">
<rect class="face" width="${BOX.width}" height="${BOX.height}" rx="7"/><rect class="stripe" x="0.5" y="9" width="4" height="${BOX.height - 18}" rx="2"/>
<text class="name" x="15" y="24">${short(name, 20)}</text>
<text class="what" x="15" y="44">${short(type, sum === "" ? 20 : 15)} · ${resources.length}</text>${sum !== "" && html`<text class="cost" x="${BOX.width - 11}" y="44" text-anchor="end">${sum}</text>`}
</g></a>
`;
}

/** From one room to the next straight down; past a room, along the margin. */
function drawHandover({ from, to, keys }: Handover, stages: readonly Stage[], width: number): Html {
  const [above, below] = [from, to].map((layer) => stages.findIndex(({ room }) => room.layer === layer));
  const [start, end] = [stages[above ?? 0], stages[below ?? 0]];
  if (!start || !end) {
    return html``;
  }
  const isNext = (below ?? 0) === (above ?? 0) + 1;
  const text = isNext ? keys.join(" · ") : `${from}: ${keys.join(" · ")}`;
  const arrive = end.top - 2;
  const x = isNext ? PAD + 40 : width - PAD - 40;
  const out = start.top + start.height / 2;
  const side = width + MARGIN - 6;
  const turn = arrive - BETWEEN / 2 - 3;
  const way = isNext
    ? `M${x} ${start.top + start.height + 3}V${arrive}`
    : `M${width + 4} ${out}H${side - 10}Q${side} ${out} ${side} ${out + 10}V${turn - 10}Q${side} ${turn} ${side - 10} ${turn}H${x + 10}Q${x} ${turn} ${x} ${turn + 10}V${arrive}`;
  return html`<path class="handover" d="${way}"/><text class="handed" x="${isNext ? x + 14 : x - 14}" y="${arrive - BETWEEN / 2 + 7}"${!isNext && html` text-anchor="end"`}>${text}</text>
`;
}

/** Leaves a box to the right and arrives from the left; past other columns it runs level, where dagre kept the way free. */
function curve([start, ...via]: readonly Point[]): string {
  if (!start) {
    return "";
  }
  let at = start;
  const parts = via.map((to) => {
    const middle = round((at.x + to.x) / 2);
    const part =
      to.y === at.y ? `H${round(to.x)}` : `C${middle} ${round(at.y)} ${middle} ${round(to.y)} ${round(to.x)} ${round(to.y)}`;
    at = to;
    return part;
  });
  return `M${round(start.x)} ${round(start.y)}${parts.join("")}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const short = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** The same as a file that stands alone, as for a README: with its own colours and ground. */
export function pictureFile(graph: PlanGraph): string {
  const ground = html`<style>${{ markup: COLOURS + PICTURE_STYLE }}</style><rect width="100%" height="100%" fill="var(--paper)"/>`;
  return `${picture(graph, ground).markup.replaceAll(/\n{2,}/g, "\n")}\n`;
}

/** How the picture looks, in terms of the page's variables. */
export const PICTURE_STYLE = `
svg.plan { max-width: 100%; height: auto; display: block; font-family: system-ui, "DejaVu Sans", sans-serif; }
.walls { fill: var(--room); stroke: var(--line); } .layer { font-size: 18px; font-weight: 650; fill: var(--hue); } .sum { font-size: 13px; fill: var(--soft); }
.foundation { --hue: var(--new); } .platform { --hue: var(--accent); } .workloads { --hue: var(--good); }
.face { fill: var(--paper); stroke: var(--line); } .stripe { fill: var(--hue); }
.name { font-size: 13px; font-weight: 600; fill: var(--ink); } .what { font-size: 12px; fill: var(--soft); } .cost { font-size: 12px; fill: var(--ink); font-variant-numeric: tabular-nums; }
.arrow { fill: none; stroke: var(--old); stroke-width: 1.3; marker-end: url(#tip); } #tip path { fill: var(--old); }
.step { stroke: var(--line); } .handover { fill: none; stroke: var(--soft); stroke-width: 1.8; stroke-dasharray: 5 4; marker-end: url(#tip); } .handed { font-size: 13px; fill: var(--soft); }
`;
