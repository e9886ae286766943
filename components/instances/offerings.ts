import { OFFERED, OFFERINGS_AS_OF, REGION_CODES } from "./offerings-table.ts";

export { OFFERINGS_AS_OF };

/** A region whose offerings the table knows. */
export type OfferingRegion = keyof typeof REGION_CODES;

/** Regions whose offerings the table knows. */
export const OFFERING_REGIONS = Object.keys(REGION_CODES) as OfferingRegion[];

/** Whether the table knows the offerings of a region. */
export const isOfferingRegion = (region: string): region is OfferingRegion => Object.hasOwn(REGION_CODES, region);

/**
 * Ids of the zones of a region in which EC2 sells a type, such as `eun1-az1`.
 *
 * @returns an empty list where the type is not sold there; `undefined` when the table does not know the type or the region.
 */
export function zonesOffering(type: string, region: string): string[] | undefined {
  if (!isOfferingRegion(region) || !Object.hasOwn(OFFERED, type)) {
    return undefined;
  }
  const code = REGION_CODES[region];
  const entry = OFFERED[type]!.split(" ").find((text) => text.startsWith(`${code}:`));
  const digits = entry?.slice(`${code}:`.length) ?? "";
  return Array.from(digits, (zone) => `${code}-az${zone}`);
}

/** Regions of the table in which EC2 sells a type, in alphabetical order; an empty list for an unknown type. */
export function regionsOffering(type: string): OfferingRegion[] {
  return OFFERING_REGIONS.filter((region) => (zonesOffering(type, region) ?? []).length > 0);
}
