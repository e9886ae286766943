import { PROVIDER } from "../../aws/types.ts";
import { type Fault, ofEach } from "../../findings.ts";
import { isSet, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { isWorldwide } from "./worldwide.ts";

/** Regions in which an environment may keep and process data. */
const REGIONS = {
  dev: { regions: ["eu-north-1", "eu-central-1", "us-east-1"] },
  staging: { regions: ["eu-north-1", "eu-central-1"] },
  prod: { regions: ["eu-north-1"] },
};

export const RES_01 = stackRule({
  id: "RES-01",
  title: "Every AWS provider and resource is in an allowed region and in zones of that region",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["GDPR Art. 44", "PIPL Art. 38"],
  remediation:
    "Set `region` of the provider to a region of the parameter `regions` (of this rule, or of the pack's config). Leave the region of a resource out, or set it to a listed one.",
  peers: ["prowler"],
  parameters: REGIONS,
  // Nobody's region is asked for where none is listed.
  elsewhere: { regions: [] },
  // A stack rule, because it looks at every type.
  relate: (resources, { regions }) => {
    if (regions.length === 0) {
      return ofEach(resources, (resource) => strayZones(resource, [regionOf(resource)]));
    }
    const want = `an allowed region (${regions.join(", ")})`;
    const stray = (resource: Resource, property: string, region: string | undefined): Fault[] =>
      region !== undefined && regions.includes(region) ? [] : [{ resource, property, got: region ?? "nothing", want }];
    const providers = resources.filter(({ type }) => type === PROVIDER);
    const made = resources.filter(({ type }) => type.startsWith("aws:"));
    const isSaid = (region: string | undefined): boolean => providers.some(({ inputs }) => text(inputs, "region") === region);
    // Whoever names an allowed region in a provider has forgotten that provider; else the machine that runs the program says it.
    const isSaidElsewhere = !regions.some(isSaid);
    return ofEach(resources, (resource) => {
      const { type, inputs, provider } = resource;
      if (type === PROVIDER) {
        const own = made.filter((each) => isMadeBy(each, resource));
        return own.length > 0 && own.every(isWorldwide) ? [] : stray(resource, "region", text(inputs, "region"));
      }
      if (!type.startsWith("aws:") || isWorldwide(resource)) {
        return [];
      }
      // The provider fills in its own region when the engine runs.
      const own = isSet(inputs, "region") && text(inputs, "region") !== text(provider, "region");
      const faults = own
        ? stray(resource, "region", text(inputs, "region"))
        : // Said once, of the provider, where that is among the resources.
          isSaid(text(provider, "region")) || (!isSet(provider, "region") && isSaidElsewhere)
          ? []
          : stray(resource, "provider.region", text(provider, "region"));
      return [...faults, ...strayZones(resource, regions)];
    });
  },
});

const regionOf = ({ inputs, provider }: Resource): string => text(inputs, "region") ?? text(provider, "region") ?? "";

const isMadeBy = (resource: Resource, provider: Resource): boolean =>
  isSet(provider.inputs, "region") && text(resource.provider, "region") === text(provider.inputs, "region");

/** A wrong region is already reported. */
function strayZones(resource: Resource, regions: readonly string[]): Fault[] {
  const { inputs, provider } = resource;
  const zones = ["availabilityZone", "availabilityZones", "availabilityZoneId"].filter((property) => isSet(inputs, property));
  if (zones.length === 0) {
    return [];
  }
  const region = text(inputs, "region") ?? text(provider, "region") ?? "";
  return region !== "" && regions.includes(region)
    ? zones.flatMap((property) =>
        texts(inputs, property)
          // `eu-west-1a`, and local zones such as `us-west-2-lax-1a`.
          .filter((zone) => !zone.startsWith(property === "availabilityZoneId" ? `${zoneCode(region)}-` : region))
          .map((got) => ({ resource, property, got, want: `a zone of ${region}` })),
      )
    : [];
}

/** How the ids of a region's zones begin: `eun1` for eu-north-1, `apne1` for ap-northeast-1. */
const zoneCode = (region: string): string =>
  region
    .replace(/-(north|south)(east|west)-/, (_, side: string, hand: string) => `${side.charAt(0)}${hand.charAt(0)}`)
    .replace(/-(gov-)?([a-z])[a-z]*-/, (_, gov: string | undefined, side: string) => `${gov ? "g" : ""}${side}`);
