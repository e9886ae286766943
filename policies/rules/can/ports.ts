import { type Finding, unless } from "../../findings.ts";
import { VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { namespaceOf, placeOf } from "../../kubernetes/objects.ts";
import { chooses } from "../../promql/matchers.ts";
import { parsedQuery } from "../../promql/parse.ts";
import { type Expression, type Selector, selectorsIn } from "../../promql/syntax.ts";
import { bags, number, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import type { Measurement } from "./measurements.ts";
import { canaryOf, managedRoutes } from "./rollouts.ts";
import { httpOf, serviceAt } from "./routes.ts";
import { shareOf } from "./shares.ts";

/** The gateway counts each port of a Service by itself: what a query leaves out, such as gRPC beside REST, nobody judges. */
export function unmeasuredPorts({ query, own }: Measurement, rollout: Resource, stack: readonly Resource[]): Finding[] {
  const expression = parsedQuery(query);
  if (expression === undefined) {
    return [];
  }
  const clusters = clustersOf(rollout, stack);
  const share = shareOf(expression);
  const missing = (share === undefined ? [expression] : [share.left, share.right])
    .map((side) => clusters.filter(({ name }) => !isMeasured(side, name)))
    .find((each) => each.length > 0 && each.length < clusters.length);
  return unless(missing === undefined, {
    ...own("provider.prometheus.query"),
    got: `nothing of port ${missing?.map(({ port }) => port).join(", ")}`,
    want: "a query about every port by which the release gets requests, REST and gRPC together",
  });
}

const isMeasured = (side: Expression, cluster: string): boolean => selectorsIn(side).some((each) => takes(each, cluster));

function takes({ matchers }: Selector, cluster: string): boolean {
  const naming = matchers.filter(({ label }) => label === "cluster_name");
  return naming.length > 0 && naming.every((each) => chooses(each, cluster));
}

/** Clusters of the new version to which the routes of a release lead, as Istio names them. */
function clustersOf(rollout: Resource, stack: readonly Resource[]): { port: number; name: string }[] {
  const canary = canaryOf(rollout) ?? {};
  const [namespace, service] = [namespaceOf(rollout), text(canary, "canaryService")];
  const managed = managedRoutes(canary).map((named) => {
    const [name, home = namespace] = (text(named, "name") ?? "").split(".");
    return `${home}/${name}`;
  });
  const ports = stack
    .filter((each) => VIRTUAL_SERVICES.includes(each.type) && managed.includes(placeOf(each)))
    .flatMap((route) =>
      httpOf(route)
        .flatMap((http) => bags(http, "route"))
        .filter((to) => serviceAt(text(to, "destination", "host") ?? "", route) === `${namespace}/${service}`)
        .flatMap((to) => number(to, "destination", "port", "number") ?? []),
    );
  return [...new Set(ports)].map((port) => ({ port, name: `outbound|${port}||${service}.${namespace}.svc.cluster.local` }));
}
