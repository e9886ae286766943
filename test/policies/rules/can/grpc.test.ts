import { expect, it } from "vitest";
import { resourcesOf } from "#plan/policy";
import { RULES } from "#policies/catalogue";
import { readable } from "#policies/resource";
import { minimal, serving } from "../../../components/serving/fixture.ts";
import { found, said } from "../../harness.ts";

/** A model that answers gRPC as the component makes it, with one of its resources changed. */
async function served(name?: string, change: (inputs: any, resource: any) => void = () => {}) {
  const exposure = { ...minimal.exposure, grpc: true, sticky: { cookie: "session" } };
  const resources = resourcesOf({ layer: "workloads", registrations: await serving({ exposure }) }, "prod");
  return resources.map((each) => {
    if (each.name !== name) {
      return each;
    }
    const inputs = JSON.parse(JSON.stringify(each.inputs));
    const copy = { ...each, ignoreChanges: [...each.ignoreChanges] };
    change(inputs, copy);
    return { ...copy, inputs: readable(inputs, each.address) };
  });
}

const OF_RELEASES = RULES.map(({ id }) => id).filter((id) => /^(CAN|MESH)-/.test(id));

it.each(OF_RELEASES)("%s allows a model that answers gRPC", async (id) => {
  expect(said(id, ...(await served()))).toEqual([]);
});

const PORTS = "(80|50051)";
const query = (metrics: any[]) => metrics[0].provider.prometheus;

it.each<[string, string, string, (inputs: any, resource: any) => void, string]>([
  [
    "CAN-06",
    "a route of gRPC that Pulumi sets back",
    "fraud-split-grpc",
    (_, { ignoreChanges }) => ignoreChanges.splice(0),
    "ignoreChanges: nothing",
  ],
  [
    "CAN-08",
    "a verdict on the answers of REST alone",
    "fraud-gate",
    ({ spec }) => (query(spec.metrics).query = query(spec.metrics).query.replaceAll(PORTS, "80")),
    "spec.metrics[0].provider.prometheus.query: nothing of port 50051",
  ],
  [
    "CAN-08",
    "a verdict on failures of gRPC alone, of all answers",
    "fraud-gate",
    ({ spec }) => (query(spec.metrics).query = query(spec.metrics).query.replace(PORTS, "50051")),
    "spec.metrics[0].provider.prometheus.query: nothing of port 80",
  ],
  [
    "CAN-09",
    "a route of gRPC whose weights nobody sets",
    "fraud-rollout",
    ({ spec: { strategy } }) => strategy.canary.trafficRouting.istio.virtualServices.pop(),
    "spec.http[0].route[0].destination.host: fraud-stable.models-risk.svc.cluster.local",
  ],
  [
    "CAN-09",
    "a route of gRPC that has users at rest",
    "fraud-split-grpc",
    ({ spec }) => {
      spec.http[0].route[0].weight = 90;
      spec.http[0].route[1].weight = 10;
    },
    "spec.http[0].route: 90 for fraud-stable, 10 for fraud-canary",
  ],
  [
    "CAN-09",
    "a port of gRPC that no container has",
    "fraud-rollout",
    ({ spec }) => spec.template.spec.containers[0].ports.pop(),
    "spec.ports[1].targetPort: grpc",
  ],
  [
    "MESH-04",
    "a port of gRPC that the Service does not have",
    "fraud-canary",
    ({ spec }) => spec.ports.pop(),
    "spec.http[0].route[1].destination.port.number: 50051",
  ],
  ...["unavailable", "internal", "deadline-exceeded"].map((status): [string, string, string, (inputs: any) => void, string] => [
    "MESH-04",
    `calls that are asked again after ${status}`,
    "fraud-root",
    ({ spec }) => (spec.http[0].retries.retryOn += `, ${status}`),
    `spec.http[0].retries.retryOn: ${status}`,
  ]),
  [
    "MESH-04",
    "a route of gRPC that the Rollout names and the delegate does not have",
    "fraud-rollout",
    ({ spec: { strategy } }) => (strategy.canary.trafficRouting.istio.virtualServices[1].routes = ["primary"]),
    "spec.strategy.canary.trafficRouting.istio: primary",
  ],
])("%s finds %s", async (id, _, name, change, finding) => {
  expect(found(id, await served(name, change))).toContain(finding);
});
