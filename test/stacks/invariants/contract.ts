import type { Layer } from "#stacks/contracts";
import type { Invariant } from "./invariant.ts";

/** What each layer hands on: names as in contracts.ts, each list and each name of somebody's own as `*`. */
const CONTRACTS: Record<Layer, string[]> = {
  foundation: [
    "network.vpcId string",
    "network.vpcCidr string",
    "network.zones.* string",
    "network.privateSubnetIds.* string",
    "network.intraSubnetIds.* string",
    "network.privateRouteTableIds.* string",
    "network.zoneId string",
    ...["cluster", "data", "database", "logs"].map((key) => `keys.${key} string`),
    ...["data", "artifacts", "models", "predictions", "logs"].flatMap((store) => [
      `stores.${store}.name string`,
      `stores.${store}.arn string`,
    ]),
    ...["host", "name", "user", "secretArn", "securityGroupId"].map((part) => `database.${part} string`),
    "database.port number",
    "database.maxConnections number",
    "registries.* string",
    ...["plan", "deploy", "images", "models"].map((role) => `roles.${role} string`),
  ],
  platform: [
    ...["name", "endpoint", "certificateAuthority"].map((part) => `cluster.${part} string`),
    "gateway.namespace string",
    "gateway.name string",
    "gateway.selector.* string",
    "ingress.domain string",
    "ingress.balancer string",
    "monitoring.namespace string",
    "monitoring.prometheusUrl string",
    "tracking.uri string",
    "tracking.namespace string",
    ...["cpu", "gpu.training", "gpu.inference"].flatMap((pool) => [
      `${pool}.flavor string`,
      `${pool}.nodeLabels.* string`,
      ...["gpus", "cpus", "memoryGiB", "gpusPerNode"].map((size) => `${pool}.${size} number`),
    ]),
  ],
  workloads: ["models.*.version string", "models.*.host string", "models.*.namespace string"],
};

/** Parts whose keys are somebody's own names. */
const OPEN = /^(registries|models|gateway\.selector|(cpu|gpu\.\w+)\.nodeLabels)$/;

/** Parts that only some environments hand on. */
const MAY_BE_EMPTY = /^network\.apiClients( empty$|\.[\w-]+ string$)/;

export const contract: Invariant[] = [
  {
    rule: "what is handed on is what the contract says, and none of it is empty",
    offenders: ({ layer, mode, outputs }) => {
      // A preview does not know the half of it.
      const found = mode === "up" ? [...new Set(leavesOf(outputs))].filter((leaf) => !MAY_BE_EMPTY.test(leaf)) : CONTRACTS[layer];
      return [
        ...CONTRACTS[layer].filter((leaf) => !found.includes(leaf)).map((leaf) => `missing: ${leaf}`),
        ...found.filter((leaf) => !CONTRACTS[layer].includes(leaf)).map((leaf) => `not agreed: ${leaf}`),
      ];
    },
    counterexample: {
      of: "platform",
      change: ({ outputs }) => {
        outputs["tracking"].uri = "";
        outputs["gateway"].selector.app = undefined;
        outputs["kubeconfig"] = "apiVersion: v1";
        delete outputs["gpu"].inference.gpus;
      },
      found: [
        "missing: tracking.uri string",
        "missing: gpu.inference.gpus number",
        "not agreed: gateway.selector.* undefined",
        "not agreed: tracking.uri empty",
        "not agreed: kubeconfig string",
      ],
    },
  },
];

function leavesOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) {
    return [`${path} ${value === "" || value === null ? "empty" : typeof value}`];
  }
  const inner = Object.entries(value);
  const named = ([key]: [string, unknown]) => (Array.isArray(value) || OPEN.test(path) ? "*" : key);
  return inner.length === 0
    ? [`${path} empty`]
    : inner.flatMap((entry) => leavesOf(entry[1], path === "" ? named(entry) : `${path}.${named(entry)}`));
}
