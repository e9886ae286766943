import { type Fault, unless } from "../../findings.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import { type Bag, number, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/** How long a route waits for a model, and how often it asks again. */
export interface Waiting {
  shortestSeconds: number;
  timeoutSeconds: number;
  attempts: number;
}

/** A route that waits without an end, or asks again and again. */
export function unbounded(http: Bag, path: string, resource: Resource, { timeoutSeconds, attempts }: Waiting): Fault[] {
  const timeout = text(http, "timeout") ?? "nothing";
  const waits = secondsOf(timeout);
  const tries = number(http, "retries", "attempts");
  return [
    ...unless(waits > 0 && waits <= timeoutSeconds, {
      resource,
      property: `${path}.timeout`,
      got: timeout,
      want: `set to at most ${timeoutSeconds}s`,
    }),
    ...unless(tries !== undefined && tries <= attempts, {
      resource,
      property: `${path}.retries.attempts`,
      got: shown(tries),
      want: `set to at most ${attempts}`,
    }),
  ];
}

/** Times within which no model answers: each request is an error of the version that it went to. */
export const hurried = (http: Bag, path: string, resource: Resource, { shortestSeconds }: Waiting): Fault[] =>
  [["timeout"], ["retries", "perTryTimeout"]].flatMap((field) => {
    const got = text(http, ...field);
    const seconds = got === undefined ? 0 : secondsOf(got);
    return unless(seconds === 0 || seconds >= shortestSeconds, {
      resource,
      property: `${path}.${field.join(".")}`,
      got: got ?? "",
      want: `at least ${shortestSeconds}s`,
    });
  });

/** Errors that nobody counts, as the request is asked for again. */
export const hiding = (http: Bag, path: string, resource: Resource): Fault[] =>
  (text(http, "retries", "retryOn") ?? "")
    .split(",")
    .map((reason) => reason.trim())
    .filter((reason) => HIDING.test(reason))
    .map((got) => ({
      resource,
      property: `${path}.retries.retryOn`,
      got,
      want: "a list without the errors that releases are judged by",
    }));

/**
 * An error of the new version is not counted if the request is retried (Envoy documentation, `x-envoy-retry-on` and `x-envoy-retry-grpc-on`: a
 * status of gRPC).
 */
const HIDING =
  /^(5xx|gateway-error|retriable-status-codes|5\d\d|cancelled|deadline-exceeded|internal|resource-exhausted|unavailable)$/;
