/**
 * Zones of each region in the order in which an environment takes them, by id: `eun1` stands for eu-north-1 and the digits for its
 * zones. Ids mean the same zone in every account; names such as eu-north-1a do not.
 *
 * Kept here and not asked of AWS, so that the zones, which decide what resources exist, are known without an account. Zones that EKS
 * does not serve are left out (use1-az3; EKS user guide, "Subnet requirements"). In regions with more than three zones those with the
 * most GPU types come first. Never change an order: a network that exists would be replaced. Source: offerings of 2026-10-27.
 */
const ZONES: Readonly<Record<string, string>> = {
  "ap-northeast-1": "142",
  "ap-northeast-2": "1234",
  "ap-south-1": "123",
  "ap-southeast-1": "123",
  "ap-southeast-2": "123",
  "ca-central-1": "124",
  "eu-central-1": "123",
  "eu-central-2": "123",
  "eu-north-1": "123",
  "eu-south-1": "123",
  "eu-south-2": "123",
  "eu-west-1": "123",
  "eu-west-2": "2314",
  "eu-west-3": "123",
  "sa-east-1": "123",
  "us-east-1": "62415",
  "us-east-2": "123",
  "us-west-2": "2134",
};

/** Regions of which the zones are known. */
export const REGIONS_WITH_ZONES: readonly string[] = Object.keys(ZONES);

/** Ids of the zones of a region, `eun1-az1` and so on, in the order of the table; `undefined` for a region that is not in it. */
export function zonesOf(region: string): string[] | undefined {
  const zones = Object.hasOwn(ZONES, region) ? ZONES[region] : undefined;
  return zones?.split("").map((zone) => `${zoneCode(region)}-az${zone}`);
}

const DIRECTIONS: Readonly<Record<string, string>> = {
  north: "n",
  northeast: "ne",
  east: "e",
  southeast: "se",
  south: "s",
  southwest: "sw",
  west: "w",
  northwest: "nw",
  central: "c",
};

/** How the ids of a region's zones begin: `eun1` for eu-north-1. Empty for what does not look like a region. */
export function zoneCode(region: string): string {
  const [, area, direction = "", number] = /^([a-z]{2})-([a-z]+)-(\d)$/.exec(region) ?? [];
  const letters = Object.hasOwn(DIRECTIONS, direction) ? DIRECTIONS[direction] : undefined;
  return area && letters && number ? `${area}${letters}${number}` : "";
}
