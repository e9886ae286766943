/** An IPv4 range: its first address as a number, and how many bits all its addresses share. */
export interface Cidr {
  address: number;
  bits: number;
}

/** `undefined` unless the text is a range in canonical form: four octets, a prefix length, and no bit set beyond it. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) {
    return undefined;
  }
  const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((octet) => octet > 255) || bits > 32) {
    return undefined;
  }
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return address % sizeOf({ address, bits }) === 0 ? { address, bits } : undefined;
}

export function formatCidr({ address, bits }: Cidr): string {
  return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".")}/${bits}`;
}

/** Number of addresses in a range. */
export const sizeOf = ({ bits }: Cidr): number => 2 ** (32 - bits);

/** Whether two ranges share an address. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.address < other.address + sizeOf(other) && other.address < one.address + sizeOf(one);
}

/** Whether `inner` lies wholly in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.address >= outer.address && inner.address + sizeOf(inner) <= outer.address + sizeOf(outer);
}

/** Ranges for networks that are not on the internet (RFC 1918; RFC 6598 for carriers, which AWS takes for pods too). */
export const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Whether a range lies wholly in a private one. Text that is not a range does not. */
export function isPrivate(text: string): boolean {
  const range = parseCidr(text);
  return range !== undefined && PRIVATE_RANGES.some((outer) => contains(parseCidr(outer)!, range));
}

/**
 * Shortest prefix of a public range that is somebody's own. A list cannot put the internet together from such ranges: EKS takes 40 CIDRs,
 * which are less than a thousandth of it. Rules of the policy pack have the same limit (policies/aws/networks.ts).
 */
const SHORTEST_PUBLIC_PREFIX = 16;

/** Whether a range is a private one, or a public one that is small enough to be somebody's own. Text that is not a range is not. */
export const isNarrow = (text: string): boolean => isPrivate(text) || (parseCidr(text)?.bits ?? 0) >= SHORTEST_PUBLIC_PREFIX;

/** What `isNarrow` asks for, after "must be". */
export const NARROW_RULE = `a private IPv4 CIDR, or a public one no wider than /${SHORTEST_PUBLIC_PREFIX}`;
