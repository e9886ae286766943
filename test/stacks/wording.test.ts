import { expect, it } from "vitest";
import { shown } from "#stacks/wording";

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
