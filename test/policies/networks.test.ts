import * as fc from "fast-check";
import { expect, it } from "vitest";
import { formatCidr, isNarrow } from "#components/network/cidr";
import { isPublic, isWideOpen } from "#policies/aws/networks";

it.each([
  "0.0.0.0/0",
  "1.2.3.4/0",
  "0.0.0.0/1",
  "128.0.0.0/1",
  "8.0.0.0/5",
  "10.0.0.0/7",
  "172.0.0.0/8",
  "203.0.0.0/15",
  "::/0",
  "0::/0",
  "::/1",
  "2000::/3",
  "2600::/12",
  "fc00::/6",
])("%s is open to more than anybody owns", (cidr) => {
  expect(isWideOpen(cidr)).toBe(true);
});

it.each([
  "203.0.0.0/16",
  "203.0.113.7/32",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "100.64.0.0/10",
  "2001:db8::/32",
  "fd00::/8",
  "fc00::/7",
  "pl-1234",
  "",
])("%s is not", (cidr) => {
  expect(isWideOpen(cidr)).toBe(false);
});

it.each(["203.0.113.7/32", "0.0.0.0/0", "10.0.0.0/7", "::/0", "2001:db8::7/128", "2600::/12", "::ffff:203.0.113.7/128"])(
  "%s has an address on the internet",
  (cidr) => {
    expect(isPublic(cidr)).toBe(true);
  },
);

it.each(["10.0.0.0/8", "100.64.0.0/10", "192.168.7.0/24", "fd00:1234::/48", "fe80::/10", "::ffff:10.0.0.1/128", "pl-1234", ""])(
  "%s has none",
  (cidr) => {
    expect(isPublic(cidr)).toBe(false);
  },
);

it("a range of a network of AWS is not taken for the internet, although its addresses are public", () => {
  expect(["2a05:d01c:1::/56", "2a05:d01c:1:2::/64"].filter(isPublic)).toEqual([]);
});

it("the settings and components refuse the same ranges, although policies import neither", () => {
  const cidr = fc
    .tuple(
      fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0x0a000000, 0xac100000, 0x64400000, 0xc0a80000)),
      fc.integer({ min: 0, max: 32 }),
    )
    .map(([address, bits]) => formatCidr({ address: address - (address % 2 ** (32 - bits)), bits }));
  fc.assert(
    fc.property(cidr, (text) => {
      expect(isWideOpen(text)).toBe(!isNarrow(text));
    }),
  );
});
