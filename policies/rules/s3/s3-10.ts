import { BUCKETS, typesOf } from "../../aws/buckets.ts";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { bag, bags, isSet, only, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { hasName } from "./names.ts";

const WEBSITES = typesOf("BucketWebsiteConfiguration");
const OBJECTS = ["aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/objectCopy:ObjectCopy"];

interface Sites {
  /** Globs of the names of buckets that are web sites. */
  sites: string[];
}

const NONE: Sites = { sites: [] };

export const S3_10 = rule<Sites>({
  id: "S3-10",
  title: "No access control list, web site or origin opens a bucket to everybody",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP S3.12", "FSBP S3.2", "FSBP S3.3"],
  remediation:
    "Leave `acl`, `grants` and web sites out, and name the origins that may write in `allowedOrigins`. Serve pages through CloudFront, or list the buckets in the parameter `sites`.",
  peers: ["pulumi compliance-policies", "CKV_AWS_20", "CKV_AWS_57", "prowler"],
  types: [...BUCKETS, ...typesOf("BucketAcl"), ...WEBSITES, ...typesOf("BucketCorsConfiguration"), ...OBJECTS],
  parameters: { dev: NONE, staging: NONE, prod: NONE },
  // Whether a bucket is meant to be a site, S3-01 already asks.
  elsewhere: { sites: ["*"] },
  check: (resource, { sites }) =>
    together(
      () => canned(resource),
      () => granted(resource),
      () => (hasName(resource, sites) ? [] : site(resource)),
      () => written(resource),
    ),
});

const canned = ({ inputs }: Resource): Fault[] => {
  const got = text(inputs, "acl") ?? "private";
  return unless(!/^(public-|authenticated-)/.test(got), { property: "acl", got, want: "left out" });
};

/** Groups of S3 that stand for everybody, and for everybody with an account of AWS. */
const EVERYBODY = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/** Grants of a list beside the bucket, and of one inside of it. */
function granted({ inputs }: Resource): Fault[] {
  const beside = bags(only(inputs, "accessControlPolicy"), "grants").map((grant, index): [string, string | undefined] => [
    `accessControlPolicy.grants.${index}.grantee.uri`,
    text(only(grant, "grantee"), "uri"),
  ]);
  const inside = bags(inputs, "grants").map((grant, index): [string, string | undefined] => [
    `grants.${index}.uri`,
    text(grant, "uri"),
  ]);
  return [...beside, ...inside].flatMap(([property, got = ""]) =>
    unless(!EVERYBODY.test(got), { property, got, want: "an account, or left out" }),
  );
}

function site({ type, inputs }: Resource): Finding[] {
  if (WEBSITES.includes(type)) {
    return [{ property: "bucket", got: "a web site, which speaks plain HTTP to everybody", want: "left out" }];
  }
  const property = ["website", "websites"].find((key) => isSet(inputs, key) && Object.keys(bag(only(inputs, key))).length > 0);
  return property === undefined ? [] : [{ property, got: "a web site, which speaks plain HTTP to everybody", want: "left out" }];
}

const WRITES = ["PUT", "POST", "DELETE"];

/** What a page of any origin may do in the name of whoever looks at it. */
const written = ({ inputs }: Resource): Fault[] =>
  bags(inputs, "corsRules").flatMap((each, index) => {
    const isWriting = texts(each, "allowedMethods").some((method) => WRITES.includes(method.toUpperCase()));
    return texts(each, "allowedOrigins")
      .filter((origin) => isWriting && /^(https?:\/\/)?\*(\.[a-z]+)?$/i.test(origin))
      .map((got) => ({ property: `corsRules.${index}.allowedOrigins`, got, want: "the origins that write" }));
  });
