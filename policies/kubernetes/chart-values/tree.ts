/** What is known of the keys of a chart's values. */
export interface KnownChart {
  /** Version of the chart that the keys are taken for. */
  version: string;
  /** Version that was read; another one where the chart's people publish that version at no place that was within reach. */
  read: string;
  /**
   * The tree of keys. A line `key:` is a map, with its keys one space further in. A line `<letter> <key> …` names keys by what their
   * value must be, see {@link KINDS}. The key `...` stands for all others: the chart hands the map on as it is.
   */
  keys: string;
}

/** What a letter asks of a value. */
export const KINDS = {
  s: "a text or a number",
  n: "a number",
  b: "true or false",
  t: "true or false without quotes, or another text",
  l: "a list",
  c: "a list or a map",
  m: "a map",
  r: "a map with requests, limits or claims",
  "*": "anything",
} as const;

export type Kind = keyof typeof KINDS;

/** Name of a key in {@link KnownChart.keys} that stands for all others. */
export const OTHERS = "...";

/** Keys of a map, each with its own keys or with the kind of its value. */
export type Keys = ReadonlyMap<string, Keys | Kind>;

const parsed = new WeakMap<KnownChart, Keys>();

/** The keys of a chart. */
export function keysOf(chart: KnownChart): Keys {
  const known = parsed.get(chart) ?? parse(chart.keys);
  parsed.set(chart, known);
  return known;
}

function parse(text: string): Keys {
  const root = new Map<string, Keys | Kind>();
  const open: Map<string, Keys | Kind>[] = [root];
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const words = line.trimStart();
    const depth = line.length - words.length;
    if (words.endsWith(":") && !words.includes(" ")) {
      const inner = new Map<string, Keys | Kind>();
      open[depth]!.set(words.slice(0, -1), inner);
      open.splice(depth + 1, open.length, inner);
    } else {
      const [kind = "*", ...keys] = words.split(" ");
      keys.forEach((key) => open[depth]!.set(key, kind as Kind));
    }
  }
  return root;
}
