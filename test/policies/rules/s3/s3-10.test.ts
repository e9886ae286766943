import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";
import { foundation } from "./samples.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const ACL = "aws:s3/bucketAcl:BucketAcl";
const CORS = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration";
const SITE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";

describeRule("S3-10", [
  {
    ...foundation,
    what: "a bucket that says itself that it is public",
    resource: "models",
    type: BUCKET,
    change: (inputs) => (inputs.acl = "public-read"),
    says: "foundation-prod/models: 'acl' must be left out, got 'public-read'",
    unknown: "acl",
  },
  {
    ...foundation,
    what: "a web site",
    add: { type: SITE, name: "pages", inputs: { bucket: "models", indexDocument: { suffix: "index.html" } } },
    says: "foundation-prod/pages: 'bucket' must be left out, got 'a web site, which speaks plain HTTP to everybody'",
  },
  {
    ...foundation,
    what: "a bucket that pages of every origin write to",
    add: { type: CORS, name: "pages", inputs: { corsRules: [{ allowedMethods: ["GET", "PUT"], allowedOrigins: ["*"] }] } },
    says: "foundation-prod/pages: 'corsRules.0.allowedOrigins' must be the origins that write, got '*'",
    unknown: "corsRules",
  },
]);

describe("S3-10", () => {
  const group = (name: string) => `http://acs.amazonaws.com/groups/${name}`;
  const grants = (uri: string) => ({
    accessControlPolicy: { grants: [{ permission: "READ", grantee: { type: "Group", uri } }] },
  });

  it.each<[string, object, string[]]>([
    [ACL, { acl: "authenticated-read" }, ["acl: authenticated-read"]],
    [ACL, { acl: "log-delivery-write" }, []],
    [ACL, grants(group("global/AllUsers")), [`accessControlPolicy.grants.0.grantee.uri: ${group("global/AllUsers")}`]],
    [ACL, grants(group("s3/LogDelivery")), []],
    ["aws:s3/bucketAclV2:BucketAclV2", { acl: "public-read-write" }, ["acl: public-read-write"]],
    [
      "aws:s3/bucketV2:BucketV2",
      { grants: [{ uri: group("global/AuthenticatedUsers") }] },
      [`grants.0.uri: ${group("global/AuthenticatedUsers")}`],
    ],
    [
      "aws:s3/bucketV2:BucketV2",
      { websites: [{ indexDocument: "i" }] },
      ["websites: a web site, which speaks plain HTTP to everybody"],
    ],
    [BUCKET, { acl: "private", website: null, grants: [{ id: "1", type: "CanonicalUser" }] }, []],
    [BUCKET, { website: { redirectAllRequestsTo: "https://a" } }, ["website: a web site, which speaks plain HTTP to everybody"]],
    [
      BUCKET,
      { corsRules: [{ allowedMethods: ["delete"], allowedOrigins: ["https://*"] }] },
      ["corsRules.0.allowedOrigins: https://*"],
    ],
    [CORS, { corsRules: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }] }, []],
    [CORS, { corsRules: [{ allowedMethods: ["PUT"], allowedOrigins: ["https://*.example.com"] }] }, []],
    ["aws:s3/bucketObjectv2:BucketObjectv2", { acl: "public-read" }, ["acl: public-read"]],
  ])("reads %s %j as %j", (type, inputs, faults) => {
    expect(found("S3-10", of(type, "x", inputs))).toEqual(faults);
  });

  it("lets listed buckets, and those of other programs, be sites", () => {
    const site = of(SITE, "pages", { bucket: "b" });
    expect(found("S3-10", site, { sites: ["page*"] })).toEqual([]);
    expect(found("S3-10", site, ruleOf("S3-10").elsewhere)).toEqual([]);
  });
});
