import type { Resource } from "../resource.ts";
import { isNamed } from "./s3-bucket.ts";

export const trailsAmong = (resources: readonly Resource[]): Resource[] =>
  resources.filter(({ type }) => type === "aws:cloudtrail/trail:Trail");

/** What is done with the objects of a bucket. */
type Use = "read" | "write";

/** Whether a trail records one use of every object in a bucket. */
export const records = ({ inputs }: Resource, bucket: Resource, use: Use): boolean =>
  (inputs.eventSelectors ?? []).some((selector: any) => basically(selector, bucket, use)) ||
  (inputs.advancedEventSelectors ?? []).some((selector: any) => inDetail(selector, bucket, use));

function basically({ readWriteType = "All", dataResources = [] }: any, bucket: Resource, use: Use): boolean {
  const uses: Record<string, Use[]> = { All: ["read", "write"], ReadOnly: ["read"], WriteOnly: ["write"] };
  return (
    (uses[readWriteType]?.includes(use) ?? false) &&
    dataResources.some(({ type, values = [] }: any) => type === OBJECTS && values.some((arn: string) => isAllOf(arn, bucket)))
  );
}

const OBJECTS = "AWS::S3::Object";

function inDetail({ fieldSelectors = [] }: any, bucket: Resource, use: Use): boolean {
  const of = (field: string): any => fieldSelectors.find((each: any) => each.field === field);
  const known = ["eventCategory", "resources.type", "resources.ARN", "readOnly"];
  const readOnly: string[] | undefined = of("readOnly")?.equals;
  return (
    of("eventCategory")?.equals?.includes("Data") === true &&
    of("resources.type")?.equals?.includes(OBJECTS) === true &&
    // A selector by event names or anything else records a part only.
    fieldSelectors.every(({ field }: any) => known.includes(field)) &&
    (readOnly === undefined || readOnly.includes(String(use === "read"))) &&
    takesIn(of("resources.ARN"), bucket)
  );
}

function takesIn(arns: any, bucket: Resource): boolean {
  if (arns === undefined) {
    return true;
  }
  const { startsWiths, notStartsWiths = [], equals, endsWiths, notEquals, notEndsWiths } = arns;
  return (
    [equals, endsWiths, notEquals, notEndsWiths].every((each) => each === undefined) &&
    (startsWiths === undefined || startsWiths.some((arn: string) => isAllOf(arn, bucket))) &&
    !notStartsWiths.some((arn: string) => isAllOf(arn, bucket))
  );
}

/** Whether an ARN stands for every object in a bucket: its own with nothing behind it, or that of S3 as a whole. */
function isAllOf(arn: string, bucket: Resource): boolean {
  const [, name = "", rest = ""] = /^arn:[^:]+:s3(?::::?)?([^/]*)\/?(.*)$/.exec(arn) ?? [undefined, "-", "-"];
  return rest === "" && (name === "" || isNamed(bucket, name));
}
