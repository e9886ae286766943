import { closed, fields, listOf, matching, oneOf, type Rule } from "../shape.ts";
import { callerHeader } from "./sticky.ts";

/**
 * Whose requests an A/B test is about; everybody else has the old version until its verdict. A header with one of some values, or a kind of
 * device, as `Sec-CH-UA-Mobile` says it, and `User-Agent` where a browser sends no such hint.
 */
export type Audience = (ByHeader & { device?: never }) | (ByDevice & { header?: never; values?: never });

interface ByHeader {
  /** Name of the header, in lower case, such as `x-region`. */
  header: string;
  /** Values of those who take part, as they are sent. */
  values: readonly string[];
}

interface ByDevice {
  device: "mobile" | "desktop";
}

const byHeader = closed(
  fields<ByHeader>({
    header: callerHeader(
      "a header name in lower case that says something of the caller, such as x-region, and none of HTTP, of tracing or of the mesh",
    ),
    values: listOf(matching(/^[!-~]([ -~]*[!-~])?$/, "the value of a header: printable ASCII without a space at its ends"), 1),
  }),
);
const byDevice = closed(fields<ByDevice>({ device: oneOf("mobile", "desktop") }));

export const audience: Rule<Audience, false> = {
  must: "an object with header and values, or with device",
  optional: false,
  fits: byHeader.fits,
  inside: (value) => (value.device === undefined ? byHeader.inside(value) : byDevice.inside(value)),
};

/** The answers to requests of an audience have this header: the application counts by it, and knows nothing of the audience's rule. */
export const AUDIENCE_HEADER = { name: "x-model-audience", value: "true" } as const;

/** Label of the events that applications count of an audience, with the same value. */
export const AUDIENCE_LABEL = "audience";

/** What a request has, in the words of a VirtualService: it takes part where it has all of one of them. */
export function matchesOf(audience: Audience): object[] {
  if (audience.device === undefined) {
    return audience.values.map((exact) => ({ headers: { [audience.header]: { exact } } }));
  }
  return audience.device === "mobile"
    ? [
        { headers: { [MOBILE_HINT]: { exact: "?1" } } },
        { headers: { [AGENT]: { regex: MOBILE } }, withoutHeaders: { [MOBILE_HINT]: {} } },
      ]
    : [
        { headers: { [MOBILE_HINT]: { exact: "?0" } } },
        { headers: { [AGENT]: { regex: BROWSER } }, withoutHeaders: { [MOBILE_HINT]: {}, [AGENT]: { regex: MOBILE } } },
      ];
}

/** A hint that Chromium's browsers send unasked, a boolean of Structured Fields (User-Agent Client Hints, 3.3). */
const MOBILE_HINT = "sec-ch-ua-mobile";
const AGENT = "user-agent";
/** What browsers of phones and no others have in common (MDN, "Browser detection using the user agent"). Expressions fit a whole value. */
const MOBILE = ".*Mobi.*";
/** Browsers begin so (RFC 9110, 10.1.5 has the form); programs do not. */
const BROWSER = "Mozilla/.*";

/**
 * How the version is drawn for everybody else: from lots, so that the weight of a test gives them none of the new version. The gateway gives
 * each request an id at random (UUID, version 4), of which one digit has four values alike. It becomes one of five texts, the last one for
 * ids of another form, and Envoy takes the remainder of a text's hash by 100 (XXH64). The number at the end is one for which the remainders
 * are 48, 45, 37, 18, and 6: with the old version first, the weights of {@link JOINING} and 100 let a half, three quarters and all of them
 * go over. Nobody keeps a version between these weights.
 */
export const LOTS = {
  header: {
    header_name: "x-request-id",
    regex_rewrite: { pattern: { regex: "^(?:.{19}([89ab]).*|.*)$" }, substitution: "lot-1419-\\1" },
  },
} as const;

/** Largest weight at which everybody else has the old version alone, percent. */
export const MOST_TESTED = 50;

/**
 * Weights after a test at which everybody else comes over, percent. At the last of them they have the same share of the new version as the
 * audience: what the gateway serves of all requests tells then whether the weight has arrived, however large the audience is.
 */
export const JOINING = [60, 75] as const;
