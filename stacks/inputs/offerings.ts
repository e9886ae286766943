import * as pulumi from "@pulumi/pulumi";
import { CLASS_MEMORY_GIB, regionsOfClass } from "#components/database/instance-classes";
import { instanceOf, nearestInstanceType } from "#components/instances/instance";
import { nearestOffered } from "#components/instances/nearest";
import { isOfferingRegion, OFFERINGS_AS_OF, regionsOffering, zonesOffering } from "#components/instances/offerings";
import { zonesOf } from "#components/network/zones";
import type { Profile } from "./environments/profile.ts";
import { FILES } from "./files.ts";

/** Where the profile names types that must be sold in every zone in use; of the others one zone is enough. */
const IN_EVERY_ZONE = ["cluster.system.instanceType"];

/**
 * Checks that AWS sells in a region what the profile asks for: every `instanceType`, every entry of `instanceTypes` and every
 * `instanceClass` in it, wherever they stand.
 *
 * A region that the tables do not know is not judged here.
 *
 * @throws {pulumi.RunError} listing every problem at once: file, field, rule, value, the regions that have it, the nearest type here.
 */
export function checkOfferings(profile: Profile, region: string): void {
  if (!isOfferingRegion(region)) {
    return;
  }
  const zones = zonesInUse(profile, region);
  const problems = [
    ...typesIn(profile).flatMap(({ path, value }) => instanceProblem(path, value, region, zones)),
    ...fieldsNamed("instanceClass", profile).flatMap(({ path, value }) => classProblem(path, value, region)),
  ];
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((text) => `${FILES.profile(profile.name)}: ${text}`).join("\n"));
  }
}

/** Types that are sold in some of the environment's zones only, one sentence each: a pool of them has nodes in these zones alone. */
export function partialOfferings(profile: Profile, region: string): string[] {
  const zones = zonesInUse(profile, region);
  return typesIn(profile).flatMap(({ path, value }) => {
    const sold = zonesOffering(value, region)?.filter((zone) => zones.includes(zone)) ?? zones;
    return sold.length < zones.length
      ? [`${path}: ${value} is sold in ${sold.length} of ${zones.length} zones (${sold.join(", ")}; as of ${OFFERINGS_AS_OF})`]
      : [];
  });
}

const zonesInUse = ({ network }: Profile, region: string): string[] => (zonesOf(region) ?? []).slice(0, network.zones);

function instanceProblem(path: string, type: string, region: string, zones: readonly string[]): string[] {
  if (instanceOf(type) === undefined) {
    const near = nearestInstanceType(type);
    const hint = near === undefined ? "" : `. Did you mean '${near}'?`;
    return [`${path} must be a type of components/instances/table.ts, got '${type}'${hint}`];
  }
  const sold = (zonesOffering(type, region) ?? []).filter((zone) => zones.includes(zone));
  if (sold.length === zones.length || (sold.length > 0 && !IN_EVERY_ZONE.includes(path))) {
    return [];
  }
  const where = IN_EVERY_ZONE.includes(path) ? `each zone of the environment (${zones.join(", ")})` : region;
  const near = nearestOffered(type, region);
  const elsewhere = [
    ...(sold.length > 0 ? [`it is in ${sold.join(", ")}`] : [inWordsOf(regionsOffering(type), region)]),
    ...(near === undefined ? [] : [`nearest here: ${near}`]),
  ];
  return [`${path} must be offered in ${where}, got '${type}' (${elsewhere.join("; ")})`];
}

function classProblem(path: string, instanceClass: string, region: string): string[] {
  const regions = regionsOfClass(instanceClass);
  if (!Object.hasOwn(CLASS_MEMORY_GIB, instanceClass) || regions.includes(region)) {
    return [];
  }
  const memory = CLASS_MEMORY_GIB[instanceClass];
  const alike = Object.keys(CLASS_MEMORY_GIB).filter(
    (name) => CLASS_MEMORY_GIB[name] === memory && regionsOfClass(name).includes(region),
  );
  const near = alike.find((name) => name.startsWith(instanceClass.slice(0, "db.m".length))) ?? alike[0];
  const hint = near === undefined ? "" : `; nearest here: ${near}`;
  return [`${path} must be offered in ${region}, got '${instanceClass}' (${inWordsOf(regions, region)}${hint})`];
}

/** Most regions that a sentence names. */
const NAMED = 4;

/** Regions of the same area first: data may have to stay there. */
function inWordsOf(regions: readonly string[], region: string): string {
  const near = (name: string): number => (name.slice(0, 3) === region.slice(0, 3) ? 0 : 1);
  const sorted = [...regions].sort((a, b) => near(a) - near(b));
  return `it is in ${sorted.slice(0, NAMED).join(", ")}${sorted.length > NAMED ? ", …" : ""}`;
}

const typesIn = (profile: Profile): Field[] => [
  ...fieldsNamed("instanceType", profile),
  ...fieldsNamed("instanceTypes", profile),
];

interface Field {
  path: string;
  value: string;
}

/** Every text of a name, at any depth; of a list each entry. */
function fieldsNamed(name: string, value: object, path = ""): Field[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const here = path === "" ? key : `${path}.${key}`;
    if (key === name && typeof inner === "string") {
      return [{ path: here, value: inner }];
    }
    if (key === name && Array.isArray(inner)) {
      return inner.map((entry, index) => ({ path: `${here}[${index}]`, value: String(entry) }));
    }
    return typeof inner === "object" && inner !== null ? fieldsNamed(name, inner, here) : [];
  });
}
