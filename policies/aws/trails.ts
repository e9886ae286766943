import { at, type Bag, bags, flag, isSet, text, texts } from "../read.ts";
import type { Resource } from "../resource.ts";
import { isNamed } from "./buckets.ts";

export const trailsAmong = (resources: readonly Resource[]): Resource[] =>
  resources.filter(({ type }) => type === "aws:cloudtrail/trail:Trail");

/** The use of the objects of a bucket. */
type Use = "read" | "write";

/** Whether a trail records one use of every object in a bucket. */
export const records = ({ inputs }: Resource, bucket: Resource, use: Use): boolean =>
  bags(inputs, "eventSelectors").some((selector) => basically(selector, bucket, use)) ||
  bags(inputs, "advancedEventSelectors").some((selector) => inDetail(selector, bucket, use));

/** What a selector's `readWriteType` records. */
const USES = new Map<string, readonly Use[]>([
  ["All", ["read", "write"]],
  ["ReadOnly", ["read"]],
  ["WriteOnly", ["write"]],
]);

const basically = (selector: Bag, bucket: Resource, use: Use): boolean =>
  (USES.get(text(selector, "readWriteType") ?? "All")?.includes(use) ?? false) &&
  bags(selector, "dataResources").some(
    (each) => at(each, "type") === OBJECTS && texts(each, "values").some((arn) => isAllOf(arn, bucket)),
  );

const OBJECTS = "AWS::S3::Object";

/** Known fields of an advanced selector. A selector with other fields, such as event names, records only a part. */
const KNOWN_FIELDS = ["eventCategory", "resources.type", "resources.ARN", "readOnly"];

function inDetail(selector: Bag, bucket: Resource, use: Use): boolean {
  const fields = bags(selector, "fieldSelectors");
  const of = (field: string): Bag | undefined => fields.find((each) => at(each, "field") === field);
  const readOnly = of("readOnly");
  return (
    texts(of("eventCategory"), "equals").includes("Data") &&
    texts(of("resources.type"), "equals").includes(OBJECTS) &&
    fields.every((each) => KNOWN_FIELDS.includes(text(each, "field") ?? "")) &&
    (!isSet(readOnly, "equals") || texts(readOnly, "equals").includes(String(use === "read"))) &&
    takesIn(of("resources.ARN"), bucket)
  );
}

function takesIn(arns: Bag | undefined, bucket: Resource): boolean {
  return (
    arns === undefined ||
    (["equals", "endsWiths", "notEquals", "notEndsWiths"].every((each) => !isSet(arns, each)) &&
      (!isSet(arns, "startsWiths") || texts(arns, "startsWiths").some((arn) => isAllOf(arn, bucket))) &&
      !texts(arns, "notStartsWiths").some((arn) => isAllOf(arn, bucket)))
  );
}

/** Whether an ARN means every object in a bucket: the ARN of the bucket with an empty key, or that of S3 as a whole. */
function isAllOf(arn: string, bucket: Resource): boolean {
  const [, name = "", rest = ""] = /^arn:[^:]+:s3(?::::?)?([^/]*)\/?(.*)$/.exec(arn) ?? [undefined, "-", "-"];
  return rest === "" && (name === "" || isNamed(bucket, name));
}

/** Sources whose events of management AWS lets a trail leave out, as they are many and change nothing. */
const TOO_MANY = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

const isOnly = (sources: readonly string[]): boolean => sources.every((source) => TOO_MANY.includes(source));

/** Whether a trail records what is done to the account itself, by all services, reads too: taking a role counts as a read. */
export function recordsAccount({ inputs }: Resource): boolean {
  const basic = bags(inputs, "eventSelectors");
  const detailed = bags(inputs, "advancedEventSelectors");
  if (basic.length + detailed.length === 0) {
    return true;
  }
  const inBasic = basic.some(
    (selector) =>
      flag(selector, "includeManagementEvents") !== false &&
      (text(selector, "readWriteType") ?? "All") === "All" &&
      isOnly(texts(selector, "excludeManagementEventSources")),
  );
  const uses = detailed.flatMap(usesOfAccount);
  return inBasic || (uses.includes("read") && uses.includes("write"));
}

/** Uses of the account of which a selector leaves nothing out. */
function usesOfAccount(selector: Bag): Use[] {
  const fields = bags(selector, "fieldSelectors");
  const of = (field: string): Bag[] => fields.filter((each) => at(each, "field") === field);
  const [readOnly] = of("readOnly");
  const isWhole =
    of("eventCategory").some((each) => texts(each, "equals").includes("Management")) &&
    of("eventSource").every((each) => !narrows(each) && isOnly(texts(each, "notEquals"))) &&
    fields.every((each) => ["eventCategory", "eventSource", "readOnly"].includes(text(each, "field") ?? ""));
  if (!isWhole) {
    return [];
  }
  const values = readOnly === undefined ? ["true", "false"] : texts(readOnly, "equals");
  return [...(values.includes("true") ? (["read"] as const) : []), ...(values.includes("false") ? (["write"] as const) : [])];
}

/** Whether a field admits some values only, instead of leaving some out. */
const narrows = (field: Bag): boolean =>
  ["equals", "startsWiths", "endsWiths", "notStartsWiths", "notEndsWiths"].some((each) => isSet(field, each));
