import type { Layer } from "#stacks/contracts";
import { type Cost, topComponent } from "./cost.ts";
import type { EnvironmentPlan, PlannedLayer } from "./environment.ts";
import type { Recorded } from "./record.ts";
import { kindOf, shortType } from "./summary.ts";

/** A component at the top of a layer, as a box to draw. */
export interface Box {
  /** `<layer>/<name>`: no other box has it. */
  id: string;
  name: string;
  /** Class of the component. */
  type: string;
  /** Folder of the component: `network`, `storage`, `gpu` … */
  kind: string;
  /** What it makes, at any depth, in order. */
  resources: Recorded[];
  /** Fixed cost, US dollars a month. */
  monthly: number;
}

/** `to` needs what `from` makes; both are ids. */
export interface Arrow {
  from: string;
  to: string;
}

/** A layer, as a room with boxes in it. */
export interface Room {
  layer: Layer;
  boxes: Box[];
  /** Without those that follow from others: what is needed by something needed is not drawn twice. */
  arrows: Arrow[];
}

/** What one layer hands another, by the names of its outputs. */
export interface Handover {
  from: Layer;
  to: Layer;
  keys: string[];
}

/** An environment as a picture knows it. */
export interface PlanGraph {
  rooms: Room[];
  handovers: Handover[];
}

/** The components of every layer, what they need of each other, and what the layers hand on. */
export function graphOf({ layers }: EnvironmentPlan, cost: Cost): PlanGraph {
  return { rooms: layers.map((layer) => room(layer, cost)), handovers: handoversOf(layers) };
}

function room({ layer, resources, registrations }: PlannedLayer, { items }: Cost): Room {
  const boxes = new Map<string, Box>();
  for (const registration of registrations) {
    const { type, name, path } = registration;
    if (path.length !== 1 || type.startsWith("pulumi:")) {
      continue;
    }
    const monthly = items
      .filter((item) => item.layer === layer && item.component === name)
      .reduce((sum, item) => sum + item.monthly, 0);
    boxes.set(name, {
      id: `${layer}/${name}`,
      name,
      type: shortType(type),
      kind: kindOf({ ...registration, path: [...path, `${type} ${name}`] }),
      resources: [],
      monthly,
    });
  }
  for (const resource of resources) {
    boxes.get(topComponent(resource))?.resources.push(resource);
  }
  return { layer, boxes: [...boxes.values()], arrows: withoutShortcuts(arrowsOf(layer, registrations, boxes)) };
}

/** Dependencies of whatever is inside, lifted to the boxes. */
function arrowsOf(layer: Layer, registrations: readonly Recorded[], boxes: ReadonlyMap<string, Box>): Arrow[] {
  const owners = new Map<string, string>();
  for (const registration of registrations) {
    const { name } = registration;
    // A component and a resource in another one may share a name: then the component is meant, as others depend on it whole.
    owners.set(name, boxes.has(name) ? name : topComponent(registration));
  }
  const arrows = new Map<string, Arrow>();
  for (const registration of registrations) {
    const to = topComponent(registration);
    for (const dependency of registration.dependencies) {
      const from = owners.get(dependency);
      if (from !== undefined && from !== to && boxes.has(from) && boxes.has(to)) {
        arrows.set(`${from} ${to}`, { from: `${layer}/${from}`, to: `${layer}/${to}` });
      }
    }
  }
  return [...arrows.values()];
}

/** Leaves out each arrow whose end is reached by others as well. */
function withoutShortcuts(arrows: readonly Arrow[]): Arrow[] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of arrows) {
    next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  return arrows.filter(({ from, to }) => {
    next.get(from)?.delete(to);
    const isShortcut = reaches(next, from, to);
    if (!isShortcut) {
      next.get(from)?.add(to);
    }
    return !isShortcut;
  });
}

function reaches(next: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [...(next.get(from) ?? [])];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) {
      return true;
    }
    if (!seen.has(at)) {
      seen.add(at);
      open.push(...(next.get(at) ?? []));
    }
  }
  return false;
}

/** A layer reads another's outputs through a stack reference, and that is how it is seen here. */
function handoversOf(layers: readonly PlannedLayer[]): Handover[] {
  return layers.flatMap(({ layer: to, registrations }) =>
    layers
      .filter(({ layer: from }) =>
        registrations.some(({ type, name }) => type === "pulumi:pulumi:StackReference" && name.includes(`/${from}-`)),
      )
      .map(({ layer: from, outputs }) => ({ from, to, keys: Object.keys(outputs) })),
  );
}
