/** Shortest prefix of a public network that is somebody's own, IPv4 and IPv6 (a provider is given a /32 of IPv6). */
const SHORTEST = { ipv4: 16, ipv6: 32 };

/** Bits before an address of IPv4 that is written as one of IPv6, `::ffff:0.0.0.0/96`. */
const MAPPED = 96;

/** Ranges that are not on the internet: RFC 1918, RFC 6598 (carriers, pods in AWS). First address, as a number, and prefix. */
const PRIVATE: readonly (readonly [address: number, bits: number])[] = [
  [octets("10.0.0.0"), 8],
  [octets("172.16.0.0"), 12],
  [octets("192.168.0.0"), 16],
  [octets("100.64.0.0"), 10],
];

/**
 * Whether a CIDR lets in more of the internet than anybody owns: `0.0.0.0/0`, `::/0` however it is written, and their halves. AWS drops the
 * bits beyond the prefix, so they do not count here either. Text that is not a CIDR is left to AWS.
 */
export function isWideOpen(cidr: string): boolean {
  const [address = "", prefix = ""] = cidr.split("/");
  if (!/^\d{1,3}$/.test(prefix)) {
    return false;
  }
  const bits = Number(prefix);
  const mapped = /^(?:::|(?:0{1,4}:){5})ffff:(\d+\.\d+\.\d+\.\d+|0{1,4}:0{1,4})$/i.exec(address)?.[1];
  if (mapped !== undefined && bits >= MAPPED) {
    return isWideOpen(`${mapped.includes(".") ? mapped : "0.0.0.0"}/${bits - MAPPED}`);
  }
  if (address.includes(":")) {
    // Unique local addresses, fc00::/7.
    return bits < SHORTEST.ipv6 && !(bits >= 7 && /^f[cd][0-9a-f]{2}:/i.test(address));
  }
  return bits < SHORTEST.ipv4 && !isPrivate(octets(address), bits);
}

const isPrivate = (address: number, bits: number): boolean =>
  PRIVATE.some(([first, length]) => bits >= length && Math.floor(address / 2 ** (32 - length)) === first / 2 ** (32 - length));

function octets(text: string): number {
  return text.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
}
