import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { shown, suggestion } from "#stacks/wording";

/** Where a ledger lies. */
export type Place =
  | { kind: "folder"; folder: string }
  | {
      kind: "bucket";
      bucket: string;
      /** Beginning of every key, without a slash at its end; empty for the whole bucket. */
      prefix: string;
      region: string;
      /** Address of another S3 than that of AWS. @default - that of AWS */
      endpoint?: string;
    };

/** How the address of a ledger is written, for refusals and help. */
export const LEDGER_URL = "file:///<folder> or s3://<bucket>/<prefix>?region=<region>";

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^([\w-][\w.-]*(\/[\w-][\w.-]*)*)?$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const QUERY = ["region", "endpoint"];

/**
 * The place that an address names.
 *
 * @param name who says so, as refusals name it.
 * @throws {pulumi.RunError} in one sentence, when it is no address of a ledger.
 */
export function placeIn(text: string, name: string): Place {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (rule: string, got: string): never => {
    throw new pulumi.RunError(`${name} must ${rule}, got ${got}`);
  };
  if (url?.username || url?.password) {
    refuse(`be ${LEDGER_URL}, without a user or a password`, shown(text));
  }
  switch (url?.protocol) {
    case "file:":
      return folderIn(text, url, refuse);
    case "s3:":
      return bucketIn(url, refuse);
    default:
      return refuse(`be ${LEDGER_URL}`, text.trim() === "" ? "an empty text" : shown(text));
  }
}

type Refuse = (rule: string, got: string) => never;

function folderIn(text: string, url: URL, refuse: Refuse): Place {
  // `file:x` and `file://x` would mean `/x` and a machine called x.
  if (!text.startsWith("file:///") || url.search !== "" || url.hash !== "" || /%(00|2f)/i.test(text)) {
    refuse("be file:/// and the absolute path of a folder, nothing else", shown(text));
  }
  const folder = fileURLToPath(url).replace(/(?<=.)\/+$/, "");
  if (/^\/*$/.test(folder)) {
    refuse("name a folder of its own, such as file:///srv/ledger", shown(text));
  }
  return { kind: "folder", folder };
}

function bucketIn(url: URL, refuse: Refuse): Place {
  const keys = [...url.searchParams.keys()];
  const wrong = keys.find((key) => !QUERY.includes(key));
  if (wrong !== undefined) {
    refuse(`have the keys ${QUERY.join(" and ")} behind the question mark`, `${shown(wrong)}${suggestion(wrong, QUERY)}`);
  }
  const bucket = url.host;
  if (!BUCKET.test(bucket)) {
    refuse("name an S3 bucket behind s3://, lower-case letters, digits, dots and hyphens", shown(bucket));
  }
  const prefix = url.pathname.replace(/^\/|\/$/g, "");
  if (!PREFIX.test(prefix) || url.hash !== "") {
    refuse("have a prefix of letters, digits, '.', '_' and '-', with single slashes", shown(`${prefix}${url.hash}`));
  }
  const regions = url.searchParams.getAll("region");
  if (regions.length !== 1 || !REGION.test(regions[0]!)) {
    refuse("end with ?region=<the bucket's region>, such as ?region=eu-west-1", shown(regions.join(" and ") || undefined));
  }
  const [endpoint, ...more] = url.searchParams.getAll("endpoint");
  if (endpoint !== undefined && (more.length > 0 || !isEndpoint(endpoint))) {
    refuse("have an endpoint of https://, or http:// on this machine", shown(endpoint));
  }
  return { kind: "bucket", bucket, prefix, region: regions[0]!, ...(endpoint !== undefined && { endpoint }) };
}

function isEndpoint(text: string): boolean {
  const { protocol, hostname } = URL.canParse(text) ? new URL(text) : { protocol: "", hostname: "" };
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
