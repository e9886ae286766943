// Refusals of values: regions, CIDR blocks, zones, retention and other limits.

import { isIPv4 } from "node:net";
import { regionsOfClass } from "#components/database/instance-classes";
import { isOfferingRegion, zonesOffering } from "#components/instances/offerings";
import { zoneCode } from "#components/network/zones";
import type { Bag, Failure, Value } from "#engine/values";
import { UNKNOWN } from "#engine/values";
import type { Place } from "./place.ts";
import * as sagemaker from "./sagemaker.ts";

/** Commercial regions (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html). */
const REGIONS = new Set(
  (
    "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1 eu-central-1 eu-central-2 eu-north-1 " +
    "eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 af-south-1 ap-east-1 ap-east-2 " +
    "ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 " +
    "ap-southeast-5 ap-southeast-6 ap-southeast-7"
  ).split(" "),
);

/** Retention that CloudWatch Logs accepts, in days (API PutRetentionPolicy). */
const RETENTION = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** Parts of an argument may be unknown although it is not: a CIDR block in a list. */
const isGiven = (value: Value): boolean => value !== undefined && value !== null && value !== UNKNOWN;

/** Why AWS would not have this region, or nothing. */
export const regionReason = (region: Value): string | undefined =>
  isGiven(region) && !REGIONS.has(region) ? `InvalidRegion: '${region}' is not a region of AWS` : undefined;

/** What AWS would refuse about values that many types share, and about a few that only one type has. */
export function valueFailures(type: string, inputs: Bag, place: Place): Failure[] {
  const { region } = place;
  const found: Failure[] = [];
  const refuse = (property: string, reason: string | undefined): void => {
    if (reason !== undefined) {
      found.push({ property, reason });
    }
  };
  refuse("region", regionReason(inputs["region"]));
  for (const property of ["cidrBlock", "destinationCidrBlock", "cidrIpv4", "cidrBlocks"]) {
    for (const block of [inputs[property] ?? []].flat().filter(isGiven)) {
      refuse(property, cidrReason(block, /^aws:ec2\/(vpc|subnet):/.test(type) ? { min: 16, max: 28 } : { min: 0, max: 32 }));
    }
  }
  const zone: Value = inputs["availabilityZone"];
  if (isGiven(zone) && !new RegExp(`^${inputs["region"] ?? region}[a-f]$`).test(zone)) {
    refuse("availabilityZone", `InvalidParameterValue: '${zone}' is not a zone of ${inputs["region"] ?? region}`);
  }
  const zoneId: Value = inputs["availabilityZoneId"];
  if (isGiven(zoneId) && !new RegExp(`^${zoneCode(String(inputs["region"] ?? region))}-az[1-6]$`).test(zoneId)) {
    refuse("availabilityZoneId", `InvalidParameterValue: '${zoneId}' is not the id of a zone of ${inputs["region"] ?? region}`);
  }
  const here = String(inputs["region"] ?? region);
  for (const instanceType of [inputs["instanceTypes"] ?? inputs["instanceType"] ?? []].flat().filter(isGiven)) {
    const unsold = zonesOffering(String(instanceType), here)?.length === 0;
    refuse("instanceType", unsold ? `Unsupported: ${instanceType} is not sold in ${here}` : undefined);
  }
  const instanceClass: Value = inputs["instanceClass"];
  if (isGiven(instanceClass) && isOfferingRegion(here) && !regionsOfClass(String(instanceClass)).includes(here)) {
    refuse("instanceClass", `InvalidParameterCombination: RDS does not sell ${instanceClass} in ${here}`);
  }
  tagReasons(inputs["tags"]).forEach((reason) => refuse("tags", reason));
  Object.entries(special[type]?.(inputs, place) ?? {}).forEach(([property, reason]) => refuse(property, reason));
  return found;
}

function cidrReason(block: string, { min, max }: { min: number; max: number }): string | undefined {
  const [address = "", length = "", ...rest] = String(block).split("/");
  const bits = Number(length);
  if (rest.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(length) || bits > 32) {
    return `InvalidParameterValue: '${block}' is not a valid CIDR block`;
  }
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  if (number % 2 ** (32 - bits) !== 0) {
    return `InvalidParameterValue: '${block}' is not a network: its address has bits set beyond /${bits}`;
  }
  return bits < min || bits > max ? `InvalidVpc.Range: '${block}' must be between a /${max} and a /${min}` : undefined;
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
function tagReasons(tags: Value): string[] {
  const entries = Object.entries<Value>(typeof tags === "object" && tags !== null ? tags : {});
  return [
    ...(entries.length > 50 ? [`TooManyTags: ${entries.length} tags, a resource may have 50`] : []),
    ...entries
      .filter(([key]) => key.length > 128 || key.startsWith("aws:"))
      .map(([key]) => `InvalidTag: tag key '${key}' is not allowed`),
    ...entries
      .filter(([, value]) => String(value).length > 256)
      .map(([key]) => `InvalidTag: the value of tag '${key}' is over 256 characters`),
  ];
}

/** Reasons by property, for rules of one type. */
const special: Readonly<Record<string, (inputs: Bag, place: Place) => sagemaker.Reasons>> = {
  "aws:kms/key:Key": ({ deletionWindowInDays: days }) => ({
    deletionWindowInDays:
      isGiven(days) && (days < 7 || days > 30) ? `ValidationException: a key waits 7 to 30 days, got ${days}` : undefined,
  }),
  "aws:cloudwatch/logGroup:LogGroup": ({ retentionInDays: days }) => ({
    retentionInDays:
      isGiven(days) && !RETENTION.includes(days)
        ? `InvalidParameterException: ${days} must be one of ${RETENTION.join(", ")}`
        : undefined,
  }),
  "aws:eks/cluster:Cluster": ({ version, vpcConfig }) => ({
    version:
      isGiven(version) && !/^1\.\d\d$/.test(version)
        ? `InvalidParameterException: unsupported Kubernetes version '${version}'`
        : undefined,
    vpcConfig:
      Array.isArray(vpcConfig?.subnetIds) && vpcConfig.subnetIds.length < 2
        ? "InvalidParameterException: subnets of at least two availability zones are needed"
        : undefined,
  }),
  "aws:rds/instance:Instance": (inputs) => ({
    username: /^rdsadmin$/i.test(inputs["username"] ?? "")
      ? "InvalidParameterValue: 'rdsadmin' is a reserved word of RDS"
      : undefined,
    password:
      isGiven(inputs["password"]) && inputs["manageMasterUserPassword"] === true
        ? "InvalidParameterCombination: a password cannot be given when RDS manages the master user's password"
        : undefined,
    allocatedStorage:
      isGiven(inputs["allocatedStorage"]) && inputs["allocatedStorage"] < 20
        ? `InvalidParameterValue: allocated storage must be at least 20 GiB, got ${inputs["allocatedStorage"]}`
        : undefined,
  }),
  "aws:sagemaker/model:Model": sagemaker.model,
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": sagemaker.endpointConfiguration,
  "aws:sagemaker/endpoint:Endpoint": sagemaker.endpoint,
  "aws:cloudwatch/metricAlarm:MetricAlarm": sagemaker.metricAlarm,
  "aws:appautoscaling/target:Target": sagemaker.scalableTarget,
};
