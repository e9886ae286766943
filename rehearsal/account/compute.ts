import { zonesOffering } from "#components/instances/offerings";
import { type StateResource, tagsOf } from "../state.ts";
import { type Asked, type Question, Refusal } from "./question.ts";

/** What EC2 answers: networks and addresses that were made, and the dated table of what is sold where. */
export const COMPUTE_QUESTIONS: readonly Question[] = [
  {
    service: "ec2",
    operation: "describe-vpcs",
    optional: ["filters"],
    lists: ["filters"],
    answer: ({ made }, asked) => ({
      Vpcs: made("aws:ec2/vpc:Vpc")
        .filter((vpc) => asked.all("filters").every((filter) => hasTag(vpc, filter)))
        .map(({ outputs }) => ({ VpcId: (outputs as { id: string }).id })),
    }),
  },
  {
    service: "ec2",
    operation: "describe-addresses",
    answer: ({ made }) => ({
      Addresses: made("aws:ec2/eip:Eip").map(({ outputs }) => ({ AllocationId: (outputs as { id: string }).id })),
    }),
  },
  {
    service: "ec2",
    operation: "describe-instance-type-offerings",
    optional: ["location-type", "filters"],
    lists: ["filters"],
    answer: ({ region }, asked) => ({ InstanceTypeOfferings: offerings(region, asked) }),
  },
];

/** @throws {Refusal} for another filter than one of tags. */
function hasTag(resource: StateResource, filter: string): boolean {
  const [, key, values] = /^Name=tag:([\w-]+),Values=([\w.,-]+)$/.exec(filter) ?? [];
  if (key === undefined || values === undefined) {
    throw new Refusal(
      "InvalidParameterValue",
      `a rehearsal filters by '--filters Name=tag:<key>,Values=<values>' only, got '${filter}'`,
    );
  }
  return values.split(",").includes(tagsOf(resource)[key] ?? "");
}

const BY_ZONE = "availability-zone";

/** Offerings by zone, of the types that the filter names: the table of a whole region is not written out here. */
function offerings(region: string, asked: Asked): object[] {
  const types = /^Name=instance-type,Values=([\w.,-]+)$/.exec(asked.all("filters").join(" "))?.[1]?.split(",");
  if (types === undefined || asked.one("location-type") !== BY_ZONE) {
    throw new Refusal(
      "InvalidParameterValue",
      `a rehearsal answers for '--location-type ${BY_ZONE} --filters Name=instance-type,Values=<types>' only`,
    );
  }
  return types.flatMap((type) =>
    (zonesOffering(type, region) ?? []).map((zone) => ({
      InstanceType: type,
      LocationType: BY_ZONE,
      // Which letter is which zone differs between accounts: here they are in the order of the ids.
      Location: `${region}${String.fromCharCode(96 + Number(zone.at(-1)))}`,
    })),
  );
}
