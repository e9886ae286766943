// What AWS would answer: plausible values, the same in every run. Plain data, for the simulated provider and for the planner.

import type { Bag, Value } from "#engine/values";
import { CONTROL } from "./catalogue/control.ts";
import { DATA } from "./catalogue/data.ts";
import { NETWORK } from "./catalogue/network.ts";
import { hex, type Place, parse } from "./place.ts";
import { fillIn, type Template } from "./template.ts";

export { awsCall } from "./functions.ts";

const CATALOGUE: Readonly<Record<string, Template>> = { ...NETWORK, ...DATA, ...CONTROL };

const AUTONAMED_BY_NAME =
  "iam/role iam/policy iam/rolePolicy iam/user iam/group iam/instanceProfile sqs/queue sns/topic dynamodb/table cloudwatch/eventRule " +
  "cloudwatch/logGroup cloudwatch/metricAlarm cloudtrail/trail eks/cluster ecr/repository ec2/securityGroup ec2/launchTemplate " +
  "ec2/placementGroup secretsmanager/secret backup/vault backup/plan rds/subnetGroup rds/parameterGroup kms/alias lambda/function " +
  "lb/loadBalancer lb/targetGroup autoscaling/group budgets/budget scheduler/schedule sagemaker/model sagemaker/endpoint " +
  "sagemaker/endpointConfiguration appautoscaling/policy";

/** Name inputs that the real provider fills when the program leaves them out. */
const AUTONAMED: Readonly<Record<string, string>> = {
  "s3/bucket": "bucket",
  "rds/instance": "identifier",
  "eks/nodeGroup": "nodeGroupName",
  ...Object.fromEntries(AUTONAMED_BY_NAME.split(" ").map((type) => [type, "name"])),
};

/** Inputs of the types outside the catalogue that may serve as their name. */
const NAME_INPUTS = ["name", "identifier", "bucket", "clusterName", "repository", "functionName", "domainName", "domain"];

/**
 * The outputs of a resource once it exists, `id` among them, inputs included.
 *
 * @param type token, such as `aws:s3/bucket:Bucket`; one outside the catalogue gets an `id` and an `arn`
 * @param name of the resource in the program
 * @param inputs plain values, secrets revealed
 */
export function awsOutputs(type: string, name: string, inputs: Bag, place: Place): Bag & { id: string } {
  const { service, kind } = parse(type);
  const here: Place = { ...place, region: inputs["region"] ?? place.region };
  const named = withName(type, name, inputs, here);
  const seed = seedOf(type, name, here);
  const known = fillIn(CATALOGUE[`${service}/${kind}`] ?? generic(service, kind, named), named, { seed, place: here, name });
  return { region: here.region, ...merged(known, named), ...tagsAll(named, known, here), id: known["id"] };
}

/** The inputs with the name that the provider invents where the program gives none. */
export function withName(type: string, name: string, inputs: Bag, place: Place): Bag {
  const { service, kind } = parse(type);
  const property = AUTONAMED[`${service}/${kind}`];
  if (property === undefined || inputs[property] !== undefined) {
    return inputs;
  }
  const prefix = inputs[`${property}Prefix`] ?? `${kind === "alias" ? "alias/" : ""}${name}-`;
  return { ...inputs, [property]: `${prefix}${hex(seedOf(type, name, place), 7)}` };
}

/** Tags of a resource with those of the provider: what AWS really stores. */
export function tagsAll(inputs: Bag, outputs: Bag, { defaultTags }: Place): Bag {
  const taggable = inputs["tags"] !== undefined || (defaultTags !== undefined && outputs["arn"] !== undefined);
  return taggable ? { tagsAll: { ...defaultTags, ...inputs["tags"] } } : {};
}

const seedOf = (type: string, name: string, { account, region, seed }: Place): string =>
  seed ?? [account, region, type, name].join("::");

function generic(service: string, kind: string, inputs: Bag): Template {
  const given: unknown = NAME_INPUTS.map((input) => inputs[input]).find((value) => typeof value === "string");
  const id = typeof given === "string" ? given : `${kind}-{hex12}`;
  return { id, arn: `arn:aws:${service}:{region}:{account}:${kind}/{id}` };
}

const isBag = (value: Value): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);

/** What was asked for wins over what AWS would choose; objects are joined, as `vpcConfig` holds both. */
function merged(known: Bag, inputs: Bag): Bag {
  const joined = { ...known, ...inputs };
  for (const [key, value] of Object.entries(known)) {
    if (isBag(value) && isBag(inputs[key])) {
      joined[key] = { ...value, ...inputs[key] };
    }
  }
  return joined;
}
