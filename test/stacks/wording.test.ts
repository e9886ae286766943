import { expect, it } from "vitest";
import { shown, suggestionOfNumber } from "#stacks/wording";

it.each<[value: unknown, text: string]>([
  [undefined, "nothing"],
  [null, "'null'"],
  ["eu", "'eu'"],
  [{ a: 1 }, `'{"a":1}'`],
  ["x".repeat(90), `'${"x".repeat(79)}…'`],
  ["oci://user:pw@registry.example.com/charts", "'oci://…@registry.example.com/charts'"],
  [{ url: "https://token@example.com" }, `'{"url":"https://…@example.com"}'`],
  ["someone@example.com", "'someone@example.com'"],
  ["ci:pw@registry.example.com/a", "'…@registry.example.com/a'"],
  ["https://ci:p/w@registry.example.com/a", "'https://…@registry.example.com/a'"],
  ["registry.example.com/a:v1@sha256:ab", "'registry.example.com/a:v1@sha256:ab'"],
])("a value is shown short, and without a password: %j", (value, text) => expect(shown(value)).toBe(text));

it.each<[word: string, words: string[], meant: string]>([
  ["9", ["3", "4"], ""],
  ["33", ["3", "34"], ""],
  ["3", ["3"], ""],
  ["v3", ["3", "4"], ". Did you mean '3'?"],
  ["03", ["3", "4"], ". Did you mean '3'?"],
  ["3.json", ["3", "4"], ". Did you mean '3'?"],
  ["latest", ["latest-", "3"], ""],
  ["2026.11.22-1", ["2026.11.21-1"], ""],
  ["2026-11-21-1", ["2026.11.21-1", "2026.11.21-2"], ". Did you mean '2026.11.21-1'?"],
  ["2026.11.21.1", ["2026.11.21-1"], ". Did you mean '2026.11.21-1'?"],
])("another number is no misspelt one: %j of %j", (word, words, meant) => expect(suggestionOfNumber(word, words)).toBe(meant));
