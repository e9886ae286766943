import { type Finding, unless } from "../../findings.ts";
import { text } from "../../read.ts";
import type { Measurement } from "./measurements.ts";

/** An address in the clear is of the cluster: a Service by its name, or with its namespace. */
const INSIDE =
  /^http:\/\/(?!localhost\b)[a-z][a-z0-9-]*(\.(?!(invalid|test|example|localhost)\b)[a-z0-9-]+(\.svc(\.[a-z0-9-]+)*)?)?\.?(:\d+)?(\/.*)?$/i;

/** Measurements that ask an address which leads nowhere, or out of the cluster in the clear. */
export function unreached(measurements: readonly Measurement[]): Finding[] {
  return measurements.flatMap(({ metric, own }) => {
    const got = addressOf(metric);
    return unless(got === "" || /^https:\/\/[\w-]+\./.test(got) || INSIDE.test(got), {
      ...own("provider.prometheus.address"),
      got,
      want: "a Service of the cluster, or an address with https",
    });
  });
}

/** All measurements of an analysis ask one server. Another one may know nothing of the gateway. */
export function strangers(measurements: readonly Measurement[]): Finding[] {
  const asked = byServer(measurements);
  const usual = usualOf(asked);
  return [...asked].flatMap(([host, all]) =>
    host === usual || usual === undefined
      ? []
      : all.map(({ own }) => ({
          ...own("provider.prometheus.address"),
          got: host || "nothing",
          want: `that of the other measurements, '${usual}'`,
        })),
  );
}

/** Analyses of one release that ask several servers: nobody knows which of them scrapes the gateway. */
export function severalServers(analyses: readonly (readonly Measurement[])[]): Finding[] {
  const usual = analyses.map((measurements) => usualOf(byServer(measurements)));
  const hosts = [...new Set(usual)].filter((host) => host !== undefined);
  return hosts.length < 2
    ? []
    : analyses.flatMap((measurements, index) =>
        measurements
          .filter(({ isPrometheus, metric }) => isPrometheus && hostOf(addressOf(metric)) === usual[index])
          .map(({ own }) => ({
            ...own("provider.prometheus.address"),
            got: usual[index] || "nothing",
            want: `one for all measurements of the release, not ${hosts.join(" and ")}`,
          })),
      );
}

const addressOf = (metric: Measurement["metric"]): string => text(metric, "provider", "prometheus", "address") ?? "";

const byServer = (measurements: readonly Measurement[]): Map<string, Measurement[]> =>
  Map.groupBy(
    measurements.filter(({ isPrometheus }) => isPrometheus),
    ({ metric }) => hostOf(addressOf(metric)),
  );

const usualOf = (asked: ReadonlyMap<string, readonly Measurement[]>): string | undefined =>
  [...asked].toSorted(([, one], [, other]) => other.length - one.length)[0]?.[0];

/** A Service of the cluster by its shortest name. */
const hostOf = (address: string): string => address.replace(/\.svc(\.cluster\.local)?(?=[:/]|$)/, "").replace(/\/+$/, "");
