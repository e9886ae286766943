import dagre from "@dagrejs/dagre";
import type { Arrow, Band } from "../graph.ts";

/** Size of a box in the picture, pixels. */
export const BOX = { width: 188, height: 58 } as const;

/** From box to box. */
const GAP = { beside: 16, between: 54 } as const;

export interface Point {
  x: number;
  y: number;
}

/** Where everything in a band stands; its upper left corner is the origin. */
export interface Placed {
  width: number;
  height: number;
  /** Upper left corner of each box, by id. */
  boxes: Map<string, Point>;
  /** Each arrow's way, around the boxes. */
  arrows: { arrow: Arrow; points: Point[] }[];
}

/** Places bands: what hangs together from left to right, what stands alone beside it where that fits into the width, else below. */
export function placeBands(bands: readonly Band[]): Placed[] {
  const placed = bands.map((band) => placeTied(band));
  const width = Math.max(...placed.map((each) => each.width), 4 * (BOX.width + GAP.between) - GAP.between);
  return placed.map((each, index) => placeAlone(each, bands[index] as Band, width));
}

function placeTied({ boxes, arrows }: Band): Placed {
  const tied = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  if (tied.size === 0) {
    return { width: 0, height: 0, boxes: new Map(), arrows: [] };
  }
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP.beside, ranksep: GAP.between });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of boxes.filter((box) => tied.has(box.id))) {
    graph.setNode(id, { ...BOX });
  }
  for (const { from, to } of arrows) {
    graph.setEdge(from, to);
  }
  dagre.layout(graph);
  const corners = [...tied].map((id) => {
    const { x, y } = graph.node(id) as Point;
    return [id, { x: x - BOX.width / 2, y: y - BOX.height / 2 }] as const;
  });
  const places = new Map(corners);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    boxes: places,
    arrows: arrows.map((arrow) => ({ arrow, points: way(arrow, graph.edge(arrow.from, arrow.to)["points"] as Point[], places) })),
  };
}

/**
 * From the middle of one box's right side to the middle of the other's left.
 * Of dagre's points the first and last lie on the boxes' edges, then every second one stands between two columns, the others inside one.
 */
function way({ from, to }: Arrow, points: readonly Point[], places: ReadonlyMap<string, Point>): Point[] {
  const [start, end] = [places.get(from), places.get(to)];
  if (!start || !end) {
    return [];
  }
  const inColumns = points.slice(1, -1).filter((_, index) => index % 2 === 1);
  return [
    { x: start.x + BOX.width, y: start.y + BOX.height / 2 },
    ...inColumns.flatMap(({ x, y }) => [
      { x: x - BOX.width / 2, y },
      { x: x + BOX.width / 2, y },
    ]),
    { x: end.x, y: end.y + BOX.height / 2 },
  ];
}

function placeAlone(tied: Placed, { boxes }: Band, width: number): Placed {
  const alone = boxes.filter(({ id }) => !tied.boxes.has(id));
  const [across, down] = [BOX.width + GAP.beside, BOX.height + GAP.beside];
  const left = tied.width === 0 ? 0 : tied.width + GAP.between;
  const columns = Math.floor((width - left + GAP.beside) / across);
  const isBeside = columns * Math.floor((tied.height + GAP.beside) / down) >= alone.length;
  const corner = isBeside ? { x: left, y: 0 } : { x: 0, y: tied.height === 0 ? 0 : tied.height + 2 * GAP.beside };
  const inRow = isBeside ? columns : Math.max(1, Math.floor((width + GAP.beside) / across));
  alone.forEach(({ id }, index) => {
    tied.boxes.set(id, { x: corner.x + (index % inRow) * across, y: corner.y + Math.floor(index / inRow) * down });
  });
  const bottom = alone.length === 0 ? 0 : corner.y + Math.ceil(alone.length / inRow) * down - GAP.beside;
  return { ...tied, width, height: Math.max(tied.height, bottom) };
}
