import { type Cidr, formatCidr, parseCidr, sizeOf } from "./cidr.ts";

/** The ranges of one availability zone. */
export interface ZoneSubnets {
  /** Load balancers and NAT gateways. */
  public: string;
  /** Nodes and their pods. */
  private: string;
  /** What needs no way out: databases, and the interfaces of the control plane and of endpoints. */
  intra: string;
}

/** A VPC is cut into so many equal parts, one a zone, whether they are used or not: a zone added later moves no subnet. */
export const MOST_ZONES = 4;

/** A VPC is at most a /16 (VPC user guide, "VPC CIDR blocks"). */
export const LARGEST_VPC = 16;

/** A /20 leaves 512 addresses for the pods of a zone: 30 prefixes of 16 addresses, as the VPC CNI hands them to nodes. */
export const SMALLEST_VPC = 20;

/** Half of a zone's part is for pods, an eighth public, an eighth intra; the quarter between is kept for kinds of subnet to come. */
const LAYOUT = { private: { start: 0, part: 2 }, public: { start: 1 / 2, part: 8 }, intra: { start: 5 / 8, part: 8 } } as const;

/**
 * The subnets of each zone, by position in the list of zones.
 *
 * @param vpc canonical range of the VPC, /16 to /20
 * @param zones how many, at most {@link MOST_ZONES}
 */
export function carve(vpc: string, zones: number): ZoneSubnets[] {
  const range = parseCidr(vpc);
  return range === undefined ? [] : Array.from({ length: zones }, (_, position) => zoneSubnets(zonePart(range, position)));
}

function zonePart(vpc: Cidr, position: number): Cidr {
  const part = { address: vpc.address, bits: vpc.bits + Math.log2(MOST_ZONES) };
  return { ...part, address: part.address + position * sizeOf(part) };
}

const zoneSubnets = (zone: Cidr): ZoneSubnets => ({
  public: cut(zone, "public"),
  private: cut(zone, "private"),
  intra: cut(zone, "intra"),
});

function cut(zone: Cidr, kind: keyof typeof LAYOUT): string {
  const { start, part } = LAYOUT[kind];
  return formatCidr({ address: zone.address + start * sizeOf(zone), bits: zone.bits + Math.log2(part) });
}
