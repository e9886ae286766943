/**
 * Zone letters of the regions that our profiles name (EC2 user guide, "Regions and Zones").
 *
 * Kept here and not asked of AWS, so that the zones, which decide what resources exist, are known without an account. Letters are
 * dealt per account: where one stands for a zone that EKS does not serve (`use1-az3`), EKS says so when the cluster is made.
 */
const LETTERS: Record<string, string> = {
  "eu-central-1": "abc",
  "eu-west-1": "abc",
  "us-east-1": "abcdef",
};

/** Every zone of a region, `eu-west-1a` and so on; `undefined` for a region that is not in the table. */
export function zonesOf(region: string): string[] | undefined {
  return LETTERS[region]?.split("").map((letter) => `${region}${letter}`);
}

/** `eu-west-1` of `eu-west-1a`. */
export const regionOf = (zone: string): string => zone.slice(0, -1);
