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

/** Boxes that can be made before, or only after, something that they are all made through. */
export interface Band {
  /** What the band is made through, where it is made in the layer itself: the package of a provider, `kubernetes`. */
  through?: string;
  boxes: Box[];
  /** Without those that follow from others: what is needed by something needed is not drawn twice. */
  arrows: Arrow[];
}

/** A layer, as a room with boxes in it. */
export interface Room {
  layer: Layer;
  bands: Band[];
  /** Arrows from one band into another that do not follow from the bands' order. */
  between: Arrow[];
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
  for (const registration of registrations.filter(isTop)) {
    const { type, name, path } = registration;
    const costs = items.filter((item) => item.layer === layer && item.component === name);
    boxes.set(name, {
      id: `${layer}/${name}`,
      name,
      type: shortType(type),
      kind: kindOf({ ...registration, path: [...path, `${type} ${name}`] }),
      resources: [],
      monthly: costs.reduce((sum, { monthly }) => sum + monthly, 0),
    });
  }
  for (const resource of resources) {
    boxes.get(topComponent(resource))?.resources.push(resource);
  }
  return {
    layer,
    ...banded([...boxes.values()], arrowsOf(layer, registrations, boxes), lateProvider(layer, registrations, boxes)),
  };
}

/** Right under the stack, and part of the environment. */
const isTop = ({ type, path }: Recorded): boolean => path.length === 1 && !type.startsWith("pulumi:");

const isProvider = ({ type }: Recorded): boolean => type.startsWith("pulumi:providers:");

/** Dependencies of whatever is inside, lifted to the boxes. */
function arrowsOf(layer: Layer, registrations: readonly Recorded[], boxes: ReadonlyMap<string, Box>): Arrow[] {
  const owners = ownersOf(registrations, boxes);
  const arrows = new Map<string, Arrow>();
  for (const registration of registrations.filter((each) => !isProvider(each))) {
    const to = topComponent(registration);
    for (const from of registration.dependencies.map((name) => owners.get(name))) {
      if (from !== undefined && from !== to && boxes.has(to)) {
        arrows.set(`${from} ${to}`, { from: `${layer}/${from}`, to: `${layer}/${to}` });
      }
    }
  }
  return [...arrows.values()];
}

/** Name of the box in which a name is found. A box and a resource in another one may share it: then the box is meant. */
function ownersOf(registrations: readonly Recorded[], boxes: ReadonlyMap<string, Box>): Map<string, string> {
  const inside = registrations
    .filter((each) => !isProvider(each) && boxes.has(topComponent(each)))
    .map((each) => [each.name, topComponent(each)] as const);
  return new Map([...inside, ...[...boxes.keys()].map((name) => [name, name] as const)]);
}

/** A provider that waits for something in its own layer: what is made through it waits as well, though nothing says so. */
interface LateProvider {
  package: string;
  /** Ids of boxes with something that is made through it. */
  users: Set<string>;
  /** Ids of boxes that it waits for. */
  after: string[];
}

function lateProvider(
  layer: Layer,
  registrations: readonly Recorded[],
  boxes: ReadonlyMap<string, Box>,
): LateProvider | undefined {
  const owners = ownersOf(registrations, boxes);
  for (const provider of registrations.filter(isProvider)) {
    const after = [...new Set(provider.dependencies.flatMap((name) => owners.get(name) ?? []))];
    const pkg = shortType(provider.type).split(" ").at(-1) ?? "";
    const users = registrations.filter((each) => each.provider === provider.name && each.type.startsWith(`${pkg}:`));
    if (after.length > 0 && users.length > 0) {
      const ids = (names: readonly string[]) => names.map((name) => `${layer}/${name}`);
      return { package: pkg, users: new Set(ids(users.map(topComponent))), after: ids(after) };
    }
  }
  return undefined;
}

/** Parts the boxes by a late provider: before it, and made through it or after something that is. */
function banded(
  boxes: readonly Box[],
  arrows: readonly Arrow[],
  provider: LateProvider | undefined,
): Pick<Room, "bands" | "between"> {
  const late = new Set(provider ? reached(arrows, provider.users, "forwards") : []);
  const awaited = new Set(provider ? reached(arrows, provider.after, "backwards") : []);
  const within = (isLate: boolean): Band => ({
    boxes: boxes.filter(({ id }) => late.has(id) === isLate),
    arrows: withoutShortcuts(arrows.filter(({ from, to }) => late.has(from) === isLate && late.has(to) === isLate)),
  });
  const bands = provider ? [within(false), { through: provider.package, ...within(true) }] : [within(false)];
  return { bands, between: arrows.filter(({ from, to }) => late.has(from) !== late.has(to) && !awaited.has(from)) };
}

/** Everything that arrows lead to from the starts, or back from them; the starts are part of it. */
function reached(arrows: readonly Arrow[], starts: Iterable<string>, direction: "forwards" | "backwards"): Set<string> {
  const [near, far] = direction === "forwards" ? (["from", "to"] as const) : (["to", "from"] as const);
  const seen = new Set(starts);
  // A set grows while it is walked, and what was added is walked too.
  for (const at of seen) {
    for (const arrow of arrows.filter((each) => each[near] === at)) {
      seen.add(arrow[far]);
    }
  }
  return seen;
}

/** Leaves out each arrow whose end is reached by others as well. */
function withoutShortcuts(arrows: readonly Arrow[]): Arrow[] {
  let kept = [...arrows];
  for (const arrow of arrows) {
    const others = kept.filter((each) => each !== arrow);
    if (reached(others, [arrow.from], "forwards").has(arrow.to)) {
      kept = others;
    }
  }
  return kept;
}

/** Shortest text that is taken for the sign of a layer in another: shorter ones are words that both may use. */
const TELLING = 12;

/** One layer builds on another when something that the other handed on is found in its inputs. */
function handoversOf(layers: readonly PlannedLayer[]): Handover[] {
  return layers.flatMap(({ layer: to, resources }, index) => {
    const inputs = JSON.stringify(resources.map((resource) => resource.inputs));
    return layers
      .slice(0, index)
      .filter(({ outputs }) => texts(outputs).some((text) => text.length >= TELLING && inputs.includes(text)))
      .map(({ layer: from, outputs }) => ({ from, to, keys: Object.keys(outputs) }));
  });
}

function texts(value: unknown): string[] {
  if (typeof value === "string") {
    return [value];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
