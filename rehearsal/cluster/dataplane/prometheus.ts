import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers, type Process } from "../controlplane/processes.ts";
import { NETWORK } from "../isolation/addresses.ts";
import { writeWhole } from "../whole-file.ts";
import { ENVOY_ADMIN, type GatewayIdentity } from "./envoy.ts";
import type { ServicePod, ServicePort } from "./services.ts";

/** Ports that monitors of the product's charts have Prometheus scrape. */
export const SCRAPED: readonly ServicePort[] = [
  { service: "argo-rollouts-metrics", port: "metrics" },
  { service: "istiod", port: "http-monitoring" },
];

export interface PrometheusOptions {
  program: string;
  folder: string;

  /** Port that it listens on: that of the cluster's Prometheus Service. */
  port: number;

  /** File of the node agent with the pods to scrape. */
  targetsFile: string;

  /** File with the pods behind `SCRAPED`. */
  servicesFile: string;

  /** Whose metrics the gateway's are said to be. */
  gateway: GatewayIdentity;

  /** Seconds between two scrapes. */
  scrapeSeconds: number;
}

/** Prometheus, which measures the gateway, the controllers and the pods that tell metrics. */
export function prometheus({ program, folder, port, ...options }: PrometheusOptions): Process {
  const config = join(folder, "prometheus.json");
  writeFileSync(config, JSON.stringify(scrapeConfig(options), null, 2));
  const address = `${NETWORK.prometheus}:${port}`;
  const data = [`--storage.tsdb.path=${join(folder, "tsdb")}`, "--storage.tsdb.retention.time=2h"];
  return {
    name: "prometheus",
    command: [program, `--config.file=${config}`, ...data, `--web.listen-address=${address}`, "--log.level=warn"],
    ready: () => answers(`http://${address}/-/ready`),
  };
}

/** What is scraped. The gateway has the labels that a PodMonitor would give it. */
export function scrapeConfig({
  targetsFile,
  servicesFile,
  gateway,
  scrapeSeconds,
}: Omit<PrometheusOptions, "program" | "folder" | "port">): object {
  const job = (name: string, target: string, path: string, labels: Record<string, string> = {}) => ({
    job_name: name,
    metrics_path: path,
    static_configs: [{ targets: [target], labels }],
  });
  return {
    global: { scrape_interval: `${scrapeSeconds}s`, scrape_timeout: "1s", evaluation_interval: `${scrapeSeconds}s` },
    scrape_configs: [
      job("gateway", ENVOY_ADMIN, "/stats/prometheus", { namespace: gateway.namespace, pod: "gateway-0" }),
      // What the monitor of Argo Rollouts does by its relabelings: a Rollout's own namespace stays.
      { job_name: "services", honor_labels: true, ...discovered(servicesFile) },
      { job_name: "pods", ...discovered(targetsFile) },
    ],
  };
}

const discovered = (file: string): object => ({ file_sd_configs: [{ files: [file], refresh_interval: "1s" }] });

/** Writes what is behind `SCRAPED`, with the labels that the discovery of Prometheus' operator gives. */
export function writeServices(file: string, pods: readonly ServicePod[]): void {
  writeWhole(
    file,
    pods.map(({ service, namespace, pod, address, number }) => ({
      targets: [`${address}:${number}`],
      labels: { job: service, service, namespace, pod },
    })),
  );
}
