import { matching, oneField, type Rule } from "../shape.ts";
import { FORCE_HEADER } from "./names.ts";

/**
 * What names the user of a request: a header, or a cookie that the application has set already. A request without it gets a version drawn
 * at random, and the gateway sets no cookie of its own.
 */
export type Sticky = { header: string; cookie?: never } | { cookie: string; header?: never };

/**
 * Headers of which the value is no user: it decides the version, belongs to one connection (RFC 9110, 7.6.1), describes the body, is
 * another one in each request or after each sign-in, or holds all cookies together.
 */
const RESERVED_HEADERS: readonly string[] = [
  FORCE_HEADER.name,
  "authorization",
  "connection",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
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
  "cookie",
  "set-cookie",
];

/** A header by which something is known of the caller; `must` says what. */
export const callerHeader = (must: string): Rule<string, false> =>
  matching(new RegExp(`^(?!(${RESERVED_HEADERS.join("|")})$)(?!x-(envoy|b3)-)[a-z][a-z0-9-]{0,99}$`), must);

const userHeader = callerHeader(
  "a header name in lower case that names a user, such as x-user-id, and none of HTTP, of tracing or of the mesh",
);

/** Attributes of cookies (RFC 6265, 5.2; SameSite since): programs take a pair of that name for one. */
const ATTRIBUTES: readonly string[] = ["expires", "max-age", "domain", "path", "secure", "httponly", "samesite"];

/** A token (RFC 6265, 4.1.1; RFC 2616, 2.2). Names with `$` at the beginning are those of RFC 2965. */
const userCookie = matching(
  new RegExp(`^(?!(${ATTRIBUTES.join("|")})$)(?!\\$)[!#$%&'*+.^_\`|~0-9a-z-]+$`, "i"),
  "the name of a cookie that names a user, such as session: letters, digits and !#$%&'*+-.^_`|~, not an attribute of cookies, without a $ at its beginning",
);

export const sticky: Rule<Sticky, false> = oneField<Sticky>({ header: userHeader, cookie: userCookie });

/**
 * An EnvoyFilter by which the version is drawn from a hash of the user instead of at random. Istio has no sticky weighted split
 * (istio/istio#9764); Envoy has had one since 1.36 (envoyproxy/envoy#41244). Requests without a user are drawn at random, so shares hold
 * either way.
 *
 * @param selector labels of the gateway's pods.
 * @param routes merged names of the weighted routes, and what the version is drawn from in each.
 */
export const stickySpec = (selector: Record<string, string>, routes: readonly (readonly [name: string, hashed: object])[]) => ({
  workloadSelector: { labels: selector },
  configPatches: routes.map(([name, hashed]) => ({
    applyTo: "HTTP_ROUTE",
    match: { context: "GATEWAY", routeConfiguration: { vhost: { route: { name } } } },
    patch: {
      operation: "MERGE",
      value: { route: { hash_policy: [hashed], weighted_clusters: { use_hash_policy: true } } },
    },
  })),
});

/** The hash of a user. Without `ttl` Envoy reads the cookie and sets none. */
export const userHash = ({ header, cookie }: Sticky): object =>
  header === undefined ? { cookie: { name: cookie } } : { header: { header_name: header } };
