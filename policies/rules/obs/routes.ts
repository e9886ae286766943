import { type Fault, unless } from "../../findings.ts";
import { matches } from "../../promql/matchers.ts";
import { at, type Bag, bag, bags, flag, list, text, texts } from "../../read.ts";

/*
 * Routes of Alertmanager: in its own file names are written with underscores, in an AlertmanagerConfig in camel case.
 */

const either = (value: unknown, camel: string): unknown => at(value, camel) ?? at(value, snake(camel));

const snake = (camel: string): string => camel.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Routes of a tree, the root first. */
function routesOf(route: Bag, depth = 0): Bag[] {
  return [route, ...(depth > 8 ? [] : bags(route, "routes").flatMap((each) => routesOf(each, depth + 1)))];
}

const hasAddress = (receiver: Bag): boolean =>
  Object.keys(receiver).some((key) => /_?[cC]onfigs$/.test(key) && list(receiver, key).length > 0);

/** Routes none of which has a receiver with an address. */
export function unheard(config: Bag): Fault[] {
  const root = bag(config, "route");
  const named = routesOf(root).flatMap((route) => text(route, "receiver") ?? []);
  const heard = bags(config, "receivers").some((each) => named.includes(text(each, "name") ?? "") && hasAddress(each));
  return unless(named.length === 0 || heard, {
    property: "route.receiver",
    got: text(root, "receiver") ?? "nothing",
    want: "a receiver with an address",
  });
}

/** Routes below the root that take critical alerts to nobody, other than some by their names. */
export function swallowed(config: Bag): Fault[] {
  const [, ...below] = routesOf(bag(config, "route"));
  const silent = bags(config, "receivers").flatMap((each) => (hasAddress(each) ? [] : (text(each, "name") ?? [])));
  return below.flatMap((route) => {
    const got = text(route, "receiver") ?? "";
    const matchers = matchersIn(route, ["matchers", "match"], "match_re");
    const isNamed = matchers.some(({ name, operator }) => name === "alertname" && !operator.startsWith("!"));
    const takes = matchers.every((each) => each.name !== "severity" || fitsAlert(each, "critical"));
    return unless(!(silent.includes(got) && takes && !isNamed), {
      property: "route.routes.receiver",
      got,
      want: "a receiver with an address, as critical alerts go there",
    });
  });
}

interface Matcher {
  name: string;
  written: string;
  /** `=`, `=~`, `!=` or `!~`. */
  operator: string;
}

/** Matchers of one side of an inhibition, in any of the ways in which they can be written. */
const matchersOf = (rule: Bag, side: "source" | "target"): Matcher[] =>
  matchersIn(rule, [`${side}Match`, `${side}Matchers`], `${side}_match_re`);

function matchersIn(holder: Bag, keys: readonly string[], byRegex: string): Matcher[] {
  const found = keys.flatMap((key) => {
    const written = either(holder, key);
    return Array.isArray(written) ? written.flatMap(matcherOf) : ofBag(bag({ written }, "written"), "=");
  });
  return [...found, ...ofBag(bag(holder, byRegex), "=~")];
}

const ofBag = (labels: Bag, operator: string): Matcher[] =>
  Object.keys(labels).map((name) => ({ name, written: text(labels, name) ?? "", operator }));

function matcherOf(written: unknown): Matcher[] {
  if (typeof written === "string") {
    const [, name = "", operator = "", value = ""] = /^\{?\s*([\w.]+)\s*(=~|!~|!=|=)\s*"?([^"}]*)"?/.exec(written) ?? [];
    return name === "" ? [] : [{ name, written: value, operator }];
  }
  const isRegex = flag(written, "regex") === true;
  return [
    {
      name: text(written, "name") ?? "",
      written: text(written, "value") ?? "",
      operator: text(written, "matchType") ?? (isRegex ? "=~" : "="),
    },
  ];
}

const fitsAlert = ({ written, operator }: Matcher, value: string): boolean =>
  (operator.includes("~") ? matches(written, value) : written === value) !== operator.startsWith("!");

/** A value that nobody would write: what fits it fits everything. */
const ANY = "\u0000";

/** Alerts that are always there, or that say nothing about what they silence. */
const ALWAYS = ["Watchdog"];

/** Inhibitions by which one alert silences all, or by which one silences what it has nothing in common with. */
export const inhibited = (config: Bag): Fault[] =>
  (either(config, "inhibitRules") === undefined ? [] : bags({ rules: either(config, "inhibitRules") }, "rules")).flatMap(
    (rule, index) => {
      const [source, target] = [matchersOf(rule, "source"), matchersOf(rule, "target")];
      const ever = source.some((each) => each.name === "alertname" && ALWAYS.some((name) => fitsAlert(each, name)));
      const narrow = target.filter((each) => !fitsAlert(each, ANY));
      const critical = narrow.every((each) => each.name === "severity" && fitsAlert(each, "critical"));
      const property = `inhibitRules[${index}]`;
      return [
        ...unless(!ever, {
          property: `${property}.sourceMatch`,
          got: ALWAYS.find((name) => source.some((each) => fitsAlert(each, name))) ?? "",
          want: "an alert that does not always fire",
        }),
        ...unless(ever || !critical || texts(rule, "equal").length > 0, {
          property: `${property}.equal`,
          got: "nothing",
          want: "labels that both alerts have in common, as critical alerts are silenced",
        }),
      ];
    },
  );

/** Times at which nothing is sent: those without a limit last for ever. */
export function muted(config: Bag): Fault[] {
  const intervals = [
    ...bags(config, "muteTimeIntervals"),
    ...bags(config, "timeIntervals"),
    ...bags(config, "mute_time_intervals"),
    ...bags(config, "time_intervals"),
  ];
  const endless = intervals
    .filter((each) => bags({ times: either(each, "timeIntervals") }, "times").some((time) => Object.keys(time).length === 0))
    .flatMap((each) => text(each, "name") ?? []);
  const used = routesOf(bag(config, "route")).flatMap((route) => texts({ names: either(route, "muteTimeIntervals") }, "names"));
  return used
    .filter((name) => endless.includes(name))
    .map((got) => ({ property: "route.muteTimeIntervals", got, want: "a time that ends" }));
}

/** Addresses in the clear, and certificates that nobody checks. */
export const careless = (config: Bag): Fault[] => [
  ...within(bag(config, "global"), "global"),
  ...bags(config, "receivers").flatMap((each, index) => within(each, `receivers[${index}]`)),
];

function within(value: unknown, path: string, depth = 0): Fault[] {
  if (typeof value !== "object" || value === null || depth > 6) {
    return [];
  }
  return Object.keys(value).flatMap((key): Fault[] => {
    const property = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    const got = text(value, key) ?? "";
    if (/^(smtp_)?require_?tls$/i.test(key)) {
      return unless(got !== "false", { property, got, want: "true" });
    }
    if (/^insecure_?skip_?verify$/i.test(key)) {
      return unless(got !== "true", { property, got, want: "false or left out" });
    }
    if (/ur[li]$/i.test(key) && isPlain(got)) {
      return [{ property, got, want: "an address with https" }];
    }
    return within(at(value, key), property, depth + 1);
  });
}

/** HTTP to a name outside of the cluster. */
function isPlain(address: string): boolean {
  const host = /^http:\/\/(?:[^@/]*@)?([^/:]+)/i.exec(address)?.[1];
  return host !== undefined && host.includes(".") && !/\.svc(\.cluster\.local)?$|^127\./.test(host);
}
