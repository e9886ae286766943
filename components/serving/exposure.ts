import type * as pulumi from "@pulumi/pulumi";
import { DNS_LABEL } from "../naming.ts";
import { anyText, fields, mapOf, matching, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { FORCE_HEADER } from "./names.ts";

/** Where users find a model. */
export interface Exposure {
  /** Host under which it answers. */
  host: string;

  /** Ingress gateway of the mesh. */
  gateway: Gateway;

  /** Path that reaches it, with everything below it: `/fraud` means `/fraud` and `/fraud/…`, not `/fraud-eu`. @default - the runtime's, such as `/invocations` */
  path?: string;

  /** Longest time that a request may take, seconds. @default 10 */
  timeoutSeconds?: number;

  /** Header that names the user: a user who was served by the new version stays with it. @default - the version is drawn for each request */
  stickyHeader?: string;
}

export interface Gateway {
  namespace: string;
  name: string;
  /** Labels of its pods. */
  selector: Record<string, string>;
}

/** Each path is written in one way: no empty or dotted segment, no slash at the end, nothing percent-encoded. */
const path = matching(
  /^\/$|^(\/(?!\.{1,2}(\/|$))[\w.-]+)+$/,
  "'/' or a path of letters, digits, '.', '_' and '-', such as /v1/score, without a slash at its end",
);

/**
 * Headers of which the value is no user: it decides the version, belongs to one connection (RFC 9110, 7.6.1), describes the body, or is
 * another one in each request.
 */
const RESERVED_HEADERS: readonly string[] = [
  FORCE_HEADER.name,
  "connection",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "accept",
  "accept-encoding",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "traceparent",
  "tracestate",
  "x-request-id",
];

const userHeader = matching(
  new RegExp(`^(?!(${RESERVED_HEADERS.join("|")})$)(?!x-(envoy|b3)-)[a-z][a-z0-9-]*$`),
  "a header name in lower case that names a user, such as x-user-id, and none of HTTP, of tracing or of the mesh",
);

export const exposure = fields<Exposure>({
  host: text,
  gateway: fields<Gateway>({ namespace: text, name: text, selector: mapOf(anyText) }),
  path: optional(path),
  timeoutSeconds: optional(wholeNumber({ min: 1, max: 300 })),
  stickyHeader: optional(userHeader),
});

/** Longest time that a request may take, seconds. */
export const TIMEOUT_SECONDS = 10;

/** @throws {pulumi.ResourceError} when the host is not a DNS name. */
export function checkHost(host: string, on: pulumi.Resource): void {
  check.that(
    host.length <= 253 && host.split(".").every((label) => DNS_LABEL.test(label)),
    "exposure.host",
    "a DNS name in lower case",
    host,
    on,
  );
}

/** Whether a request can reach two paths: they are the same, or one lies below the other. */
export const overlap = (one: string, other: string): boolean => isBelow(one, other) || isBelow(other, one);

const isBelow = (path: string, above: string): boolean => `${path}/`.startsWith(above === "/" ? "/" : `${above}/`);
