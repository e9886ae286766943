import * as fc from "fast-check";

const characters = (last: number) => fc.nat(last).map((code) => String.fromCodePoint(code));

/** Text of any characters: control characters, half surrogates and letters of every script. The library's own lists a million of them first. */
export const anyText = (): fc.Arbitrary<string> =>
  fc.string({ unit: fc.oneof(characters(0x7f), characters(0xffff), characters(0x10ffff)) });
