import { stackConfig } from "#plan/environment";
import { profiles } from "#stacks/inputs/environments/index";
import { definitionsWithoutChart } from "../charts/shelf.ts";
import { RehearsalCluster } from "../cluster/cluster.ts";
import { addonWorkloads, applyStandIns } from "../cluster/nodes/chart-pods.ts";
import { phase } from "../phase.ts";

/** Kubernetes without containers. */
export const controlPlane = phase({
  name: "control-plane",
  summary: "starts etcd, API server, controllers, scheduler and nodes, and installs the definitions that no chart brings",
  needs: [],
  run: async ({ environment, inside, tools, definitions, found, update }) => {
    const { cluster: size, network } = profiles[environment];
    const { instanceType, min: nodes } = size.system;
    const { config } = stackConfig("platform", environment);
    const crds = definitionsWithoutChart(definitions, found);
    const cluster = await RehearsalCluster.start({
      folder: inside.folder,
      tools,
      crds,
      zones: ["a", "b", "c"].slice(0, network.zones).map((letter) => `${config["millrace:region"]}${letter}`),
      system: { instanceType, nodes },
      onProgress: (part, seconds) => update(`${part} after ${seconds.toFixed(1)} s`),
    });
    await applyStandIns(cluster.kube, addonWorkloads());
    return {
      cluster,
      detail: `${cluster.endpoint} · ${nodes} × ${instanceType} · custom resources of ${crds.length} projects, the others come with their charts`,
    };
  },
});

/** The gateway is configured by istiod, and Prometheus by its operator; both run as pods of the platform by now. */
export const controllers = phase({
  name: "controllers",
  summary: "starts Envoy, which istiod configures, and waits for the Prometheus that its operator has made",
  needs: ["control-plane", "platform"],
  run: async ({ cluster, dataPlane, inside, update }) => {
    update("Envoy, Prometheus");
    await cluster.startDataPlane(dataPlane, inside.hosts);
    return { detail: "Envoy answers as istiod has configured it, and Prometheus as its operator has" };
  },
});
