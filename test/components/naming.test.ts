import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DNS_LABEL, fits, NAME_LIMITS, type Named, shorten } from "#components/naming";

const kind = fc.constantFrom(...(Object.keys(NAME_LIMITS) as Named[]));
const suffix = fc.integer({ min: 0, max: 26 });
const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,120}[a-z0-9]$/);

describe("shorten", () => {
  it("always fits with its suffix", () => {
    fc.assert(
      fc.property(kind, label, suffix, (what, name, after) => {
        expect(fits(what, shorten(what, name, after), after)).toBe(true);
      }),
    );
  });

  it("leaves a name that fits as it is", () => {
    fc.assert(
      fc.property(kind, label, suffix, (what, name, after) => {
        fc.pre(fits(what, name, after));
        expect(shorten(what, name, after)).toBe(name);
      }),
    );
  });

  it("keeps two long names that differ only at the end apart", () => {
    fc.assert(
      fc.property(label, label, (one, other) => {
        fc.pre(one !== other);
        expect(shorten("iam role", `${"x".repeat(80)}${one}`)).not.toBe(shorten("iam role", `${"x".repeat(80)}${other}`));
      }),
    );
  });

  it("returns a label for a label", () => {
    fc.assert(
      fc.property(label, (name) => {
        expect(shorten("kubernetes label", name)).toMatch(DNS_LABEL);
      }),
    );
  });
});

describe("fits", () => {
  it("counts the suffix", () => {
    expect(fits("s3 bucket", "b".repeat(63))).toBe(true);
    expect(fits("s3 bucket", "b".repeat(63), 1)).toBe(false);
  });
});
