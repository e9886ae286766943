import dagre from "@dagrejs/dagre";
import type { Arrow, Room } from "./graph.ts";

/** Size of a box in the picture, pixels. */
export const BOX = { width: 188, height: 58 } as const;

/** From box to box. */
const GAP = { beside: 16, between: 54 } as const;

export interface Point {
  x: number;
  y: number;
}

/** Where everything in a room stands; the room's upper left corner is the origin. */
export interface Placed {
  width: number;
  height: number;
  /** Upper left corner of each box, by id. */
  boxes: Map<string, Point>;
  /** Each arrow's way, around the boxes. */
  arrows: { arrow: Arrow; points: Point[] }[];
}

/**
 * Places a room: what hangs together from left to right, what stands alone in rows below.
 *
 * @param width of a row of boxes that stand alone, at least; pixels
 */
export function placeRoom({ boxes, arrows }: Room, width: number): Placed {
  const tied = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP.beside, ranksep: GAP.between, ranker: "network-simplex" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of boxes.filter((box) => tied.has(box.id))) {
    graph.setNode(id, { ...BOX });
  }
  for (const { from, to } of arrows) {
    graph.setEdge(from, to);
  }
  if (tied.size > 0) {
    dagre.layout(graph);
  }
  const { width: tiedWidth = 0, height: tiedHeight = 0 } = tied.size > 0 ? graph.graph() : {};
  const places = new Map<string, Point>();
  for (const id of tied) {
    const { x, y } = graph.node(id) as Point;
    places.set(id, { x: x - BOX.width / 2, y: y - BOX.height / 2 });
  }

  const alone = boxes.filter(({ id }) => !tied.has(id));
  const whole = Math.max(width, tiedWidth);
  const inRow = Math.max(1, Math.floor((whole + GAP.beside) / (BOX.width + GAP.beside)));
  const top = tiedHeight === 0 ? 0 : tiedHeight + 2 * GAP.beside;
  alone.forEach(({ id }, index) => {
    const [column, row] = [index % inRow, Math.floor(index / inRow)];
    places.set(id, { x: column * (BOX.width + GAP.beside), y: top + row * (BOX.height + GAP.beside) });
  });
  const rows = Math.ceil(alone.length / inRow);
  return {
    width: Math.max(tiedWidth, Math.min(alone.length, inRow) * (BOX.width + GAP.beside) - GAP.beside),
    height: rows === 0 ? tiedHeight : top + rows * (BOX.height + GAP.beside) - GAP.beside,
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
