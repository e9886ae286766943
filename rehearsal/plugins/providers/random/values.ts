// How each type of the random package draws its value.

import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { type Bag, secret } from "#engine/values";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
/** The default of the real provider's `overrideSpecial`. */
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";
const ADJECTIVES = ["brave", "calm", "eager", "gentle", "keen", "lively", "proud", "quiet", "swift", "witty"];
const ANIMALS = ["badger", "crane", "falcon", "gecko", "heron", "lynx", "otter", "panda", "raven", "tiger"];

/** How one type of the random package gets its value. */
export interface Kind {
  /** Outputs that exist only once the value is drawn. */
  readonly drawn: readonly string[];

  /** Draws a value: the id of the resource and its outputs beyond the inputs. */
  draw(inputs: Bag): { id: string; outputs: Bag };
}

/** Types of the random package by token. */
export const KINDS: Readonly<Record<string, Kind>> = {
  "random:index/randomPassword:RandomPassword": {
    // `bcryptHash` is left out: Node has no bcrypt, and a made-up hash would match no password.
    drawn: ["result"],
    // The id stays without the password: the state file never encrypts an id.
    draw: (inputs) => ({ id: "none", outputs: { result: secret(characters(inputs)) } }),
  },
  "random:index/randomString:RandomString": { drawn: ["result"], draw: (inputs) => same(characters(inputs)) },
  "random:index/randomUuid:RandomUuid": { drawn: ["result"], draw: () => same(randomUUID()) },
  "random:index/randomInteger:RandomInteger": {
    drawn: ["result"],
    draw: ({ min, max }) => {
      const result = randomInt(min, max + 1);
      return { id: String(result), outputs: { result } };
    },
  },
  "random:index/randomId:RandomId": { drawn: ["hex", "b64Url", "b64Std", "dec"], draw: identifier },
  "random:index/randomPet:RandomPet": {
    drawn: [],
    draw: ({ prefix, length = 2, separator = "-" }) => {
      const words = [...Array.from({ length: length - 1 }, () => pick(ADJECTIVES)), pick(ANIMALS)];
      return { id: [prefix, ...words].filter(Boolean).join(separator), outputs: {} };
    },
  },
};

const same = (result: string) => ({ id: result, outputs: { result } });

function identifier({ byteLength, prefix = "" }: Bag): { id: string; outputs: Bag } {
  const bytes = randomBytes(byteLength);
  const hex = bytes.toString("hex");
  const outputs = {
    hex: prefix + hex,
    b64Url: prefix + bytes.toString("base64url"),
    b64Std: prefix + bytes.toString("base64"),
    dec: prefix + BigInt(`0x${hex}`).toString(),
  };
  return { id: bytes.toString("base64url"), outputs };
}

/** Characters of the allowed classes, with the requested minimum of each, in random order. */
function characters(inputs: Bag): string {
  const { length, numeric = inputs["number"] ?? true, overrideSpecial } = inputs;
  const classes = [
    { alphabet: LOWER, on: inputs["lower"] ?? true, least: inputs["minLower"] ?? 0 },
    { alphabet: LOWER.toUpperCase(), on: inputs["upper"] ?? true, least: inputs["minUpper"] ?? 0 },
    { alphabet: DIGITS, on: numeric, least: inputs["minNumeric"] ?? 0 },
    { alphabet: overrideSpecial ?? SPECIAL, on: inputs["special"] ?? true, least: inputs["minSpecial"] ?? 0 },
  ].filter(({ on }) => on);
  const everything = classes.map(({ alphabet }) => alphabet).join("");
  const drawn = classes.flatMap(({ alphabet, least }) => Array.from({ length: least }, () => pick<string>(alphabet)));
  if (everything === "" || drawn.length > length) {
    throw new Error(`a string of ${length} characters cannot hold the ${drawn.length} that its minimums ask for`);
  }
  while (drawn.length < length) {
    drawn.push(pick(everything));
  }
  return shuffled(drawn).join("");
}

function shuffled<T>(values: readonly T[]): T[] {
  const ordered = values.map((value) => ({ value, order: randomInt(2 ** 32) }));
  return ordered.sort((a, b) => a.order - b.order).map(({ value }) => value);
}

const pick = <T>(from: ArrayLike<T>): T => from[randomInt(from.length)] as T;
