import { stackConfig } from "#plan/environment";
import { profiles } from "#stacks/inputs/environments/index";
import { definitionsWithoutChart } from "../charts/shelf.ts";
import { RehearsalCluster } from "../cluster/cluster.ts";
import { addonWorkloads, applyStandIns } from "../cluster/nodes/chart-pods.ts";
import { BAD_ERROR_RATE, MODEL, nextVersions } from "../models.ts";
import { phase } from "../phase.ts";

/** Kubernetes without containers; the version that will be released as a bad one fails by itself. */
export const controlPlane = phase({
  name: "control-plane",
  summary: "starts etcd, API server, controllers, scheduler and nodes, and installs the definitions that no chart brings",
  needs: [],
  run: async ({ environment, inside, tools, definitions, found, update }) => {
    const badVersion = `${MODEL}@${nextVersions().bad}`;
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
      faults: { [badVersion]: { errorRate: BAD_ERROR_RATE } },
      onProgress: (part, seconds) => update(`${part} after ${seconds.toFixed(1)} s`),
    });
    await applyStandIns(cluster.kube, addonWorkloads());
    return {
      cluster,
      detail: `${cluster.endpoint} · ${nodes} × ${instanceType} · custom resources of ${crds.length} projects, the others come with their charts`,
    };
  },
});

/** Their configuration and their targets come from controllers of the platform, which run by now. */
export const controllers = phase({
  name: "controllers",
  summary: "starts Envoy, which istiod configures, and Prometheus",
  needs: ["control-plane", "platform"],
  run: async ({ cluster, dataPlane, update }) => {
    update("Envoy, Prometheus");
    await cluster.startDataPlane(dataPlane);
    return { detail: "Envoy, as istiod has configured it, and Prometheus answer" };
  },
});
