/** Measure of a server's load, and the series in which every runtime says it (docs/model-server.md). */
export const LOAD_SERIES = { inFlight: "model_requests_in_flight", requests: "model_requests_total" } as const;

/** What Prometheus is asked about a model's servers. */
export interface LoadOf {
  namespace: string;
  model: string;
  /** Time between two scrapes of a server, seconds. */
  scrapeSeconds: number;
}

/** Scrapes of which a value is made: one or two may fail. */
const SCRAPES = 4;

/**
 * The load of all servers of a model together, in PromQL; the autoscaler divides it by the target of one server. It is a sum over both
 * versions of a release: a mean would be small while a new version waits for its users, and the old one would lose servers.
 *
 * Servers that answered no request yet have no series and no load: the value is 0. Where no server is scraped there is no value.
 */
export function load(measure: keyof typeof LOAD_SERIES, { namespace, model, scrapeSeconds }: LoadOf): string {
  const servers = `{namespace="${namespace}",app="${model}"}`;
  const over = measure === "inFlight" ? "avg_over_time" : "rate";
  const all = `sum(${over}(${LOAD_SERIES[measure]}${servers}[${SCRAPES * scrapeSeconds}s]))`;
  return `${all} or 0 * count(up${servers} == 1)`;
}
