import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, rule, stackRule } from "../rule.ts";
import { COPIES } from "./copies.ts";

/** Regions in which an environment may keep and process data. */
const REGIONS = {
  dev: { regions: ["eu-west-1", "eu-central-1", "us-east-1"] },
  staging: { regions: ["eu-west-1", "eu-central-1"] },
  prod: { regions: ["eu-west-1", "eu-central-1"] },
};

const PROVIDER = "pulumi:providers:aws";

const regionAllowed = stackRule({
  id: "RES-01",
  title: "Every provider and resource of AWS lies in a region that is allowed, with its zones",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["GDPR Art. 44", "PIPL Art. 38"],
  remediation: "Give the provider a `region` of the list, and resources none of their own or one of the list.",
  peers: ["prowler"],
  parameters: REGIONS,
  // A stack rule, as it looks at every type that there is.
  relate: (resources, { regions }) => {
    const wanted = `a region that is allowed (${regions.join(", ")})`;
    const fault = (resource: Resource, property: string, region: string | undefined): Fault[] =>
      region !== undefined && regions.includes(region) ? [] : [{ resource, property, got: region ?? "nothing", want: wanted }];
    const providers = resources.filter(({ type }) => type === PROVIDER);
    const accused = new Set(providers.map(({ inputs }): string | undefined => inputs.region));
    const ours = resources.filter(({ type }) => type.startsWith("aws:"));
    return [
      ...providers.flatMap((resource) => fault(resource, "region", resource.inputs.region)),
      ...ours.flatMap((resource) => {
        const { inputs, provider } = resource;
        // The provider itself fills in its own, once an engine has asked it.
        if ("region" in inputs && inputs.region !== provider.region) {
          return fault(resource, "region", inputs.region);
        }
        // Said once, of the provider, where that is among the resources.
        return accused.has(provider.region) ? [] : fault(resource, "provider.region", provider.region);
      }),
      ...ours.flatMap((resource) => strayZones(resource, regions)),
    ];
  },
});

/** Where the region itself is wrong, that is said already. */
function strayZones(resource: Resource, regions: readonly string[]): Fault[] {
  const { inputs, provider } = resource;
  if (!("availabilityZone" in inputs || "availabilityZones" in inputs)) {
    return [];
  }
  const region: string = inputs.region ?? provider.region;
  if (!regions.includes(region)) {
    return [];
  }
  return ["availabilityZone", "availabilityZones"].flatMap((property) =>
    [inputs[property] ?? []]
      .flat()
      // `eu-west-1a`, and local zones such as `us-west-2-lax-1a`.
      .filter((zone: string) => !zone.startsWith(region))
      .map((got: string) => ({ resource, property, got, want: `a zone of ${region}` })),
  );
}

/** Pairs `<from>><to>` between which data may be copied, and ARNs of buckets that may receive copies: a bucket's does not say its region. */
const copies = { pairs: [] as string[], buckets: [] as string[] };

const noCopies = rule({
  id: "RES-02",
  title: "No data, key, secret, image or backup is copied to another region",
  severity: "critical",
  levels: levels("M/M/M"),
  // FSBP S3.7 and CKV_AWS_144 ask for the opposite: replication to another region.
  frameworks: ["GDPR Art. 44", "PIPL Art. 38"],
  remediation: "Remove the copy, or add the pair of regions to the rule's `pairs` once it is decided that data may go there.",
  peers: ["prowler kms_cmk_not_multi_region"],
  types: Object.keys(COPIES),
  parameters: { dev: copies, staging: copies, prod: copies },
  check: ({ type, inputs, provider }, { pairs, buckets }) => {
    const home = (): string | undefined => inputs.region ?? provider.region;
    return (COPIES[type]?.(inputs) ?? [])
      .filter(({ bucket }) => bucket === undefined || !buckets.includes(bucket))
      .filter(({ from = home(), to = home() }) => from !== to && !pairs.includes(`${from}>${to}`))
      .map(({ property, got }) => ({ property, got, want: "within the region, or a pair of regions that is allowed" }));
  },
});

export const RESIDENCY: readonly Rule[] = [regionAllowed, noCopies];
