/** XXH64 with seed 0 of a text of fewer than 32 bytes, as Envoy hashes what a version is drawn from (xxHash fast digest algorithm, 0.1.1). */
export function xxh64(text: string): bigint {
  const bytes = Buffer.from(text);
  if (bytes.length >= 32) {
    throw new Error("longer texts have another beginning");
  }
  let hash = wrap(P5 + BigInt(bytes.length));
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    const lane = wrap(rotated(wrap(bytes.readBigUInt64LE(at) * P2), 31n) * P1);
    hash = wrap(rotated(hash ^ lane, 27n) * P1 + P4);
  }
  if (at + 4 <= bytes.length) {
    hash = wrap(rotated(hash ^ wrap(BigInt(bytes.readUInt32LE(at)) * P1), 23n) * P2 + P3);
    at += 4;
  }
  for (const byte of bytes.subarray(at)) {
    hash = wrap(rotated(hash ^ wrap(BigInt(byte) * P5), 11n) * P1);
  }
  hash = wrap((hash ^ (hash >> 33n)) * P2);
  hash = wrap((hash ^ (hash >> 29n)) * P3);
  return hash ^ (hash >> 32n);
}

const [P1, P2, P3, P4, P5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotated = (value: bigint, by: bigint): bigint => wrap(value << by) | (value >> (64n - by));
