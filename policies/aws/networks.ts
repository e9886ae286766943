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

/** An address of IPv4 that is written as one of IPv6, with the bits that count in it; `undefined` for everything else. */
function unmapped(address: string, bits: number): string | undefined {
  const mapped = /^(?:::|(?:0{1,4}:){5})ffff:(\d+\.\d+\.\d+\.\d+|0{1,4}:0{1,4})$/i.exec(address)?.[1];
  return mapped !== undefined && bits >= MAPPED ? `${mapped.includes(".") ? mapped : "0.0.0.0"}/${bits - MAPPED}` : undefined;
}

/** Address and prefix of a CIDR; `undefined` for other text, which is left to AWS. */
function parts(cidr: string): { address: string; bits: number } | undefined {
  const [address = "", prefix = ""] = cidr.split("/");
  return /^\d{1,3}$/.test(prefix) ? { address, bits: Number(prefix) } : undefined;
}

/** Unique local addresses, fc00::/7, and those of one link, fe80::/10. */
const isLocal = (address: string, bits: number): boolean =>
  (bits >= 7 && /^f[cd][0-9a-f]{2}:/i.test(address)) || (bits >= 10 && /^fe[89ab][0-9a-f]:/i.test(address));

/**
 * Whether a CIDR lets in more of the internet than anybody owns: `0.0.0.0/0`, `::/0` however it is written, and their halves. AWS drops the
 * bits beyond the prefix, so they do not count here either. Text that is not a CIDR is left to AWS.
 */
export function isWideOpen(cidr: string): boolean {
  const { address, bits } = parts(cidr) ?? { address: "", bits: Infinity };
  const mapped = unmapped(address, bits);
  if (mapped !== undefined) {
    return isWideOpen(mapped);
  }
  if (address.includes(":")) {
    return bits < SHORTEST.ipv6 && !isLocal(address, bits);
  }
  return bits < SHORTEST.ipv4 && !isPrivate(octets(address), bits);
}

/** Prefixes of a network of AWS with IPv6: its addresses are public ones, although nobody outside may reach them. */
const OF_A_VPC = { shortest: 44, longest: 64 };

/** Whether a CIDR has an address on the internet, of somebody or of everybody. */
export function isPublic(cidr: string): boolean {
  const range = parts(cidr);
  if (range === undefined) {
    return false;
  }
  const { address, bits } = range;
  const mapped = unmapped(address, bits);
  if (mapped !== undefined) {
    return isPublic(mapped);
  }
  return address.includes(":")
    ? !isLocal(address, bits) && (bits < OF_A_VPC.shortest || bits > OF_A_VPC.longest)
    : !isPrivate(octets(address), bits);
}

const isPrivate = (address: number, bits: number): boolean =>
  PRIVATE.some(([first, length]) => bits >= length && Math.floor(address / 2 ** (32 - length)) === first / 2 ** (32 - length));

function octets(text: string): number {
  return text.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
}
