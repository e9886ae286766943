// The language of the catalogue: outputs of a resource as texts with gaps, and how the gaps are filled.

import type { Bag, Value } from "#engine/values";
import { hex, type Place } from "./place.ts";

/**
 * What AWS answers for one type, as data. Names in braces stand for an input, for `account` or `region`, for an output
 * further up in the same list, or for an invented value: `uuid`, `ip`, `hex<n>` and `HEX<n>` (n digits).
 * A function is for what depends on more than one text; a text that it returns is filled in as well.
 */
export type Template = { readonly [output: string]: Entry };
type Entry = string | number | boolean | readonly Entry[] | Template | ((inputs: Bag, known: Bag, place: Place) => Value);

/** Fills in a template from the inputs; `seed` decides the invented values, `name` replaces a missing `name`. */
export function fillIn(
  template: Template,
  inputs: Bag,
  { seed, place, name }: { seed: string; place: Place; name: string },
): Bag {
  const known: Bag = {};
  const lookup = (key: string): string => {
    const digits = /^(hex|HEX)(\d+)$/.exec(key);
    if (digits) {
      const invented = hex(seed, Number(digits[2]));
      return digits[1] === "HEX" ? invented.toUpperCase() : invented;
    }
    const value: Value = known[key] ?? inputs[key] ?? inventions(seed, place)[key];
    return String(value ?? name);
  };
  const expand = (entry: Entry): Value => {
    if (typeof entry === "string") {
      return entry.replace(/\{(\w+)\}/g, (_, key: string) => lookup(key));
    }
    if (typeof entry === "function") {
      const answer = entry(inputs, known, place);
      return typeof answer === "string" ? expand(answer) : answer;
    }
    if (Array.isArray(entry)) {
      return entry.map(expand);
    }
    return typeof entry === "object"
      ? Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, expand(value)]))
      : entry;
  };
  for (const [output, entry] of Object.entries(template)) {
    known[output] = expand(entry);
  }
  return known;
}

function inventions(seed: string, { account, region }: Place): Record<string, string> {
  return {
    account,
    region,
    uuid: hex(seed, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
    // TEST-NET-3 (RFC 5737): never routed, so that nothing real is ever addressed by mistake.
    ip: `203.0.113.${1 + (Number.parseInt(hex(seed, 4), 16) % 254)}`,
  };
}
