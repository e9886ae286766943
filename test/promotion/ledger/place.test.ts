import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { placeIn } from "#promotion/ledger/place";

describe("the address of a ledger", () => {
  it("names a folder or a bucket", () => {
    expect(placeIn("file:///srv/led%20ger/", "x")).toEqual({ kind: "folder", folder: "/srv/led ger" });
    expect(placeIn("s3://example-ledger?region=eu-west-1", "x")).toEqual({
      kind: "bucket",
      bucket: "example-ledger",
      prefix: "",
      region: "eu-west-1",
    });
    expect(placeIn("s3://example-ledger/a/b/?region=us-gov-west-1&endpoint=http://127.0.0.1:5000", "x")).toEqual({
      kind: "bucket",
      bucket: "example-ledger",
      prefix: "a/b",
      region: "us-gov-west-1",
      endpoint: "http://127.0.0.1:5000",
    });
  });

  const EITHER = "must be file:///<folder> or s3://<bucket>/<prefix>?region=<region>";
  const FOLDER = "must be file:/// and the absolute path of a folder, nothing else";
  it.each([
    ["", `${EITHER}, got an empty text`],
    ["/srv/ledger", `${EITHER}, got '/srv/ledger'`],
    ["https://example.com/ledger", `${EITHER}, got 'https://example.com/ledger'`],
    [
      "s3://eve:secret@example/x?region=eu-west-1",
      `${EITHER}, without a user or a password, got 's3://…@example/x?region=eu-west-1'`,
    ],
    ["file:ledger", `${FOLDER}, got 'file:ledger'`],
    ["file://ledger/x", `${FOLDER}, got 'file://ledger/x'`],
    ["file:///x?region=eu-west-1", `${FOLDER}, got 'file:///x?region=eu-west-1'`],
    ["file:///x%00y", `${FOLDER}, got 'file:///x%00y'`],
    ["file:///x%2fy", `${FOLDER}, got 'file:///x%2fy'`],
    ["file:///", "must name a folder of its own, such as file:///srv/ledger, got 'file:///'"],
    ["s3:///x?region=eu-west-1", "must name an S3 bucket behind s3://, lower-case letters, digits, dots and hyphens, got ''"],
    [
      "s3://My_Bucket?region=eu-west-1",
      "must name an S3 bucket behind s3://, lower-case letters, digits, dots and hyphens, got 'My_Bucket'",
    ],
    [
      "s3://example/a//b?region=eu-west-1",
      "must have a prefix of letters, digits, '.', '_' and '-', with single slashes, got 'a//b'",
    ],
    [
      "s3://example/a b?region=eu-west-1",
      "must have a prefix of letters, digits, '.', '_' and '-', with single slashes, got 'a%20b'",
    ],
    ["s3://example", "must end with ?region=<the bucket's region>, such as ?region=eu-west-1, got nothing"],
    ["s3://example?region=", "must end with ?region=<the bucket's region>, such as ?region=eu-west-1, got nothing"],
    ["s3://example?region=Ireland", "must end with ?region=<the bucket's region>, such as ?region=eu-west-1, got 'Ireland'"],
    [
      "s3://example?regoin=eu-west-1",
      "must have the keys region and endpoint behind the question mark, got 'regoin'. Did you mean 'region'?",
    ],
    [
      "s3://example?region=eu-west-1&region=eu-north-1",
      "must end with ?region=<the bucket's region>, such as ?region=eu-west-1, got 'eu-west-1 and eu-north-1'",
    ],
    [
      "s3://example?region=eu-west-1&endpoint=http://example.com",
      "must have an endpoint of https://, or http:// on this machine, got 'http://example.com'",
    ],
  ])("%s is refused in a sentence", (url, sentence) => {
    const refuse = (): unknown => placeIn(url, "'--ledger'");
    expect(refuse).toThrow(pulumi.RunError);
    expect(refuse).toThrow(new pulumi.RunError(`'--ledger' ${sentence}`));
  });
});
