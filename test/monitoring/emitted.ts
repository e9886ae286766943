import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/** A series as an exporter showed it. */
export interface Emitted {
  exporter: string;
  metric: string;
  /** Whether it starts again at nothing when its process does. */
  counter: boolean;
  labels: Labels;
}

/** Where an exporter's text is read: what its monitor lets Prometheus write beside the exporter's own labels. */
interface Scrape {
  /** Labels of its target. Those that the exporter writes itself are its own (`honorLabels`). */
  target: Labels;
  /** Labels of the target that are others after the process is replaced. */
  replaced: Labels;
}

const pod = (namespace: string, job: string, name: string, more: Labels = {}): Scrape => ({
  target: { namespace, job, pod: `${name}-a`, instance: "10.0.0.1:80", ...more },
  replaced: { pod: `${name}-b`, instance: "10.0.0.2:80" },
});

const SCRAPES: Readonly<Record<string, Scrape>> = {
  application: pod("ml", "shop", "shop"),
  "argo-rollouts": pod("argo-rollouts", "argo-rollouts-metrics", "argo-rollouts"),
  "dcgm-exporter": pod("kube-system", "dcgm-exporter", "dcgm-exporter", { node: "gpu-a" }),
  envoy: pod("istio-ingress", "istio-ingress/ingress", "ingress"),
  "feature-server": pod("feast", "feast", "feast"),
  "kube-state-metrics": pod("monitoring", "kube-state-metrics", "kube-state-metrics"),
  kubelet: { target: { job: "kubelet", node: "a", instance: "10.0.0.1:10250" }, replaced: { instance: "10.0.0.2:10250" } },
  prometheus: {
    target: { ...pod("monitoring", "kube-prometheus-stack-prometheus", "prometheus").target, pod: "prometheus-0" },
    // The pod of a StatefulSet keeps its name.
    replaced: { instance: "10.0.0.2:80" },
  },
  "stream-predict": {
    target: { ...pod("ml", "ml/payments-stream", "").target, pod: "payments-stream-0", app: "payments-stream" },
    // The pod of a StatefulSet keeps its name.
    replaced: { instance: "10.0.0.2:80" },
  },
  // Our relabelling takes the pod's name away. What was stored before it did is still looked back on, so that it stands here.
  pushgateway: pod("monitoring", "prometheus-pushgateway", "prometheus-pushgateway"),
};

const FOLDER = join(import.meta.dirname, "exporters");

/** Every series of the recorded texts. */
export const EMITTED: readonly Emitted[] = readdirSync(FOLDER).flatMap((file) => read(file.replace(".prom", "")));

function read(exporter: string): Emitted[] {
  const lines = readFileSync(join(FOLDER, `${exporter}.prom`), "utf8").split("\n");
  const types = new Map(
    lines.flatMap((line) => [...line.matchAll(/^# TYPE (\S+) (\w+)/g)].map(([, name, type]) => [name, type])),
  );
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, metric = "", labels = ""] = /^([\w:]+)(?:\{(.*)\})? /.exec(line) ?? [];
      const type = types.get(metric) ?? types.get(metric.replace(/_(bucket|sum|count)$/, ""));
      if (type === undefined) {
        throw new Error(`${exporter}.prom does not say of which type ${metric} is`);
      }
      return { exporter, metric, counter: type !== "gauge", labels: parsed(labels) };
    });
}

/** The labels between the braces of a series. */
export function parsed(labels: string): Record<string, string> {
  const pairs = labels.matchAll(/(\w+)\s*=\s*"((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, name = "", value = ""]) => [name, value]));
}

/** Text of a set of labels. */
export const selector = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ")}}`;

/**
 * A series as Prometheus stores it: a recorded one of the metric, with the labels of its scrape, and other values where a case gives them.
 *
 * @throws {Error} when no exporter shows the metric with these labels: an alert on it would never fire.
 */
export function scraped(metric: string, given: Labels = {}): string {
  const names = Object.keys(given);
  const found = EMITTED.filter((series) => series.metric === metric);
  const series = found.find((one) => names.every((name) => name in one.labels || name in scrapeOf(one.exporter).target));
  if (series === undefined) {
    throw new Error(`no exporter shows ${metric} with ${names.join(", ")}`);
  }
  const labels = { ...scrapeOf(series.exporter).target, ...series.labels, ...given };
  return `${metric}${selector(Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== "")))}`;
}

/** The same series after its exporter's process was replaced by another one. @returns undefined where no process shows it */
export function afterRestart(series: string): { series: string; counter: boolean } | undefined {
  const [, metric = "", text = ""] = /^([\w:]+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const recorded = EMITTED.find((one) => one.metric === metric);
  if (recorded === undefined || metric === "up") {
    return undefined;
  }
  const { target, replaced } = scrapeOf(recorded.exporter);
  const labels = parsed(text);
  // A label that the exporter itself writes, as `pod` of the pod that holds a GPU, stays.
  const changed = Object.entries(replaced).filter(([name]) => labels[name] === target[name] && labels[name] !== undefined);
  return { series: `${metric}${selector({ ...labels, ...Object.fromEntries(changed) })}`, counter: recorded.counter };
}

/** Labels that the scrape of an exporter adds to each of its series. */
export const targetOf = (exporter: string): Labels => scrapeOf(exporter).target;

function scrapeOf(exporter: string): Scrape {
  const scrape = SCRAPES[exporter];
  if (scrape === undefined) {
    throw new Error(`nothing is said of how ${exporter} is scraped`);
  }
  return scrape;
}
