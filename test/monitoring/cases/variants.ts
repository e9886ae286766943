import { afterRestart, parsed, selector } from "../emitted.ts";
import { type Case, type Expectation, type Family, platformGroups } from "./case.ts";

type Value = number | "_" | "stale";

/**
 * What may happen beside every case without changing its verdict: each process is replaced by another one, a scrape fails, and the same
 * happens to another node, GPU or model whose name begins in the same way.
 */
export function withVariants(family: Family): Family {
  const stepSeconds = secondsOf(family.step);
  return {
    ...family,
    cases: family.cases.flatMap((one) => {
      const asked = [...(one.expect ?? []), ...(one.samples ?? [])];
      const end = Math.max(...asked.map(({ at }) => secondsOf(at))) / stepSeconds;
      const firing = (one.expect ?? []).filter(({ firing }) => firing.length > 0).map(({ at }) => secondsOf(at) / stepSeconds);
      const moment = Math.min(end, ...firing);
      const [early, middle, late] = [0.4, 0.6, 0.9].map((part) => Math.round(moment * part)) as [number, number, number];
      const variants = one.exact ? [] : [scrapeFailed(restarted(one, early), middle), restarted(beside(one), late)];
      return [one, ...variants];
    }),
  };
}

/** Every process is replaced: its series end, and others begin. */
function restarted(one: Case, step: number): Case {
  const series = Object.entries(one.series).flatMap(([name, text]): [string, string][] => {
    const after = afterRestart(name);
    const values = valuesOf(text);
    const [before, first] = [values[step - 1], values[step]];
    if (after === undefined || after.series === name || typeof before !== "number" || typeof first !== "number") {
      return [[name, text]];
    }
    const rest = values.slice(step).map((value) => (after.counter && typeof value === "number" ? value - before : value));
    return [
      [name, [...values.slice(0, step), "stale"].join(" ")],
      [after.series, [`_x${step}`, ...rest].join(" ")],
    ];
  });
  return { ...one, name: `${one.name}; every process is replaced at step ${step}`, series: Object.fromEntries(series) };
}

/** Prometheus forgets all series of a target at once when it does not answer. */
function scrapeFailed(one: Case, step: number): Case {
  const series = Object.entries(one.series).map(([name, text]): [string, string] => {
    const values = valuesOf(text);
    if (afterRestart(name) === undefined || typeof values[step] !== "number") {
      return [name, text];
    }
    // How many samples came is known of every scrape: none.
    return [name, values.with(step, name.startsWith("scrape_") ? 0 : "stale").join(" ")];
  });
  return { ...one, name: `${one.name}; the scrapes of step ${step} fail`, series: Object.fromEntries(series) };
}

/** Alerts that know no model: what happens to another object is another alert. */
const ABOUT_PLATFORM = new Set(platformGroups.flatMap(({ rules }) => rules.map((rule) => rule["alert"])));

/** Labels that name what an alert is about, and not what shows it. */
const OBJECTS = ["node", "UUID", "model", "cluster_name", "pod", "name", "horizontalpodautoscaler"];

/** The same happens to others: alerts on the platform then fire for them too, and alerts on a model stay as they are. */
function beside(one: Case): Case {
  const others = Object.entries(one.series).flatMap(([name, text]): [string, string][] => {
    const [, metric = "", labels = ""] = /^([\w:]+)(?:\{(.*)\})?$/.exec(name) ?? [];
    const other = `${metric}${selector(another(parsed(labels)))}`;
    return other === name || other in one.series ? [] : [[other, text]];
  });
  const expect = (one.expect ?? []).map((expectation): Expectation => {
    const both = expectation.firing.flatMap((labels) =>
      selector(another(labels)) === selector(labels) ? [labels] : [labels, another(labels)],
    );
    return { ...expectation, firing: ABOUT_PLATFORM.has(expectation.alert) ? both : expectation.firing };
  });
  const { samples: _, ...rest } = one;
  return { ...rest, name: `${one.name}; the same beside`, series: { ...one.series, ...Object.fromEntries(others) }, expect };
}

const another = (labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).map(([name, value]) => {
      if (!OBJECTS.includes(name)) {
        return [name, value];
      }
      return [name, name === "node" || name === "UUID" ? `${value}-2` : value.replaceAll("fraud", "fraud-eu")];
    }),
  );

/** Promtool's notation, written out. */
function valuesOf(text: string): Value[] {
  return text.split(" ").flatMap((part): Value[] => {
    const [, gaps] = /^_(?:x(\d+))?$/.exec(part) ?? [];
    if (part.startsWith("_")) {
      return Array.from({ length: Number(gaps ?? 1) }, () => "_" as const);
    }
    const [, first, step, times] = /^(-?[\d.e]+)([+-][\d.e-]+)x(\d+)$/.exec(part) ?? [];
    if (first !== undefined) {
      return Array.from({ length: Number(times) + 1 }, (_, index) => Number(first) + index * Number(step));
    }
    return [part === "stale" ? "stale" : Number(part)];
  });
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const secondsOf = (time: string): number =>
  [...time.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, count, unit = "s"]) => sum + Number(count) * (SECONDS[unit] ?? 0), 0);
