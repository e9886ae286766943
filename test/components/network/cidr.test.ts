import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cidr, contains, formatCidr, overlaps, parseCidr, sizeOf } from "#components/network/cidr";

const cidr: fc.Arbitrary<Cidr> = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, bits]) => ({ address: address - (address % 2 ** (32 - bits)), bits }));

describe("parseCidr", () => {
  it("reads back what formatCidr writes", () => {
    fc.assert(
      fc.property(cidr, (range) => {
        expect(parseCidr(formatCidr(range))).toEqual(range);
      }),
    );
  });

  it.each(["", "10.0.0.0", "10.0.0.0/33", "10.0.0.1/24", "256.0.0.0/8", "10.0.0/8", "10.0.0.0/8 ", "::/0", "10.0.0.0/-1"])(
    "refuses '%s'",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );
});

describe("ranges", () => {
  it("overlap both ways or not at all, and always themselves", () => {
    fc.assert(
      fc.property(cidr, cidr, (one, other) => {
        expect(overlaps(one, other)).toBe(overlaps(other, one));
        expect(overlaps(one, one)).toBe(true);
      }),
    );
  });

  it("of canonical form overlap exactly when one contains the other", () => {
    fc.assert(
      fc.property(cidr, cidr, (one, other) => {
        expect(overlaps(one, other)).toBe(contains(one, other) || contains(other, one));
      }),
    );
  });

  it("contain no larger range", () => {
    fc.assert(
      fc.property(cidr, cidr, (outer, inner) => {
        fc.pre(contains(outer, inner));
        expect(sizeOf(inner)).toBeLessThanOrEqual(sizeOf(outer));
      }),
    );
  });
});
