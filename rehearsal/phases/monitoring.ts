import { setTimeout as sleep } from "node:timers/promises";
import { API } from "#components/versions";
import { counted } from "#render/counted";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";
import type { MonitoringResult } from "../outcome.ts";
import { phase } from "../phase.ts";

/** Seconds within which operator, reloader and Prometheus have made of the last object what it asks for. */
const PATIENCE = 90;

/** Monitors and rules of the product are what Prometheus scrapes and evaluates: its operator has made its configuration of them. */
export const monitoring = phase({
  name: "monitoring",
  summary: "asks Prometheus what its operator has made of all monitors and rules: nothing is missing, and no rule fails",
  needs: ["control-plane", "platform", "controllers", "workloads"],
  run: async ({ cluster, dataPlane, outcome, update }) => {
    const wanted = await objectsIn(cluster.kube);
    const found = await settled(async () => {
      const state = await stateOf(dataPlane.prometheusUrl);
      const faults = faultsIn(wanted, state, cluster.nodes.running());
      update(faults[0] ?? "");
      return { state, faults };
    });
    const result = resultOf(wanted, found);
    outcome.monitoring = result;
    const { rules, ruleObjects, monitors, targets, up } = result;
    return {
      detail: `rules: ${rules} of ${counted(ruleObjects, "object")} loaded, none fails · targets: ${up} of ${targets} up, of ${counted(monitors, "monitor")}`,
    };
  },
});

/** @throws {Error} naming the faults that are left once the patience is over. */
async function settled(look: () => Promise<{ state: State; faults: string[] }>): Promise<State> {
  for (const deadline = Date.now() + PATIENCE * 1_000; ; await sleep(1_000)) {
    const { state, faults } = await look();
    if (faults.length === 0) {
      return state;
    }
    if (Date.now() > deadline) {
      const count = counted(faults.length, "fault");
      throw new Error(`Prometheus must do what monitors and rules ask for within ${PATIENCE} s, ${count}: ${faults.join("; ")}`);
    }
  }
}

/** What the cluster asks of Prometheus. */
export interface Wanted {
  /** `PrometheusRule` objects. */
  rules: readonly Json[];
  /** The jobs that the operator makes of monitors. */
  jobs: readonly Job[];
}

/** A job of Prometheus, as the operator makes one of each endpoint of a monitor. */
export interface Job {
  name: string;
  /** Whether the program itself declares the monitor: it must find something. A chart's may be of pods that are not there now. */
  own: boolean;
}

/** What Prometheus says of itself: bodies of its API. */
export interface State {
  groups: readonly Json[];
  jobs: readonly string[];
  targets: readonly Json[];
}

const KINDS = { serviceMonitor: "endpoints", podMonitor: "podMetricsEndpoints" } as const;

async function objectsIn(kube: Kube): Promise<Wanted> {
  const list = async (plural: string): Promise<Json[]> => (await kube.get(`/apis/${API.monitoring}/${plural}`))["items"];
  const monitors = await Promise.all(
    Object.entries(KINDS).map(async ([kind, endpoints]) =>
      (await list(`${kind.toLowerCase()}s`)).flatMap(({ metadata, spec }) =>
        ((spec[endpoints] ?? []) as Json[]).map((_, index) => ({
          name: `${kind}/${metadata.namespace}/${metadata.name}/${index}`,
          own: metadata.annotations?.["meta.helm.sh/release-name"] === undefined,
        })),
      ),
    ),
  );
  return { rules: await list("prometheusrules"), jobs: monitors.flat() };
}

async function stateOf(url: URL): Promise<State> {
  const ask = async (path: string): Promise<Json> => ((await (await fetch(new URL(path, url))).json()) as Json)["data"];
  const [rules, pools, targets] = await Promise.all(
    ["/api/v1/rules", "/api/v1/scrape_pools", "/api/v1/targets?state=active"].map(ask),
  );
  return { groups: rules!["groups"], jobs: pools!["scrapePools"], targets: targets!["activeTargets"] };
}

/**
 * What Prometheus does not do although an object asks for it.
 *
 * @param running containers whose processes are up, by `<namespace>/<pod>/<container>`: their metrics must be had.
 */
export function faultsIn({ rules, jobs }: Wanted, state: State, running: ReadonlySet<string>): string[] {
  const named = (of: Json): string =>
    JSON.stringify((of["rules"] as Json[]).map(({ name, record, alert }) => name ?? record ?? alert));
  const missing = rules.flatMap(({ metadata: { namespace, name, uid }, spec }) =>
    ((spec.groups ?? []) as Json[])
      .filter((group) => {
        const file = `/${namespace}-${name}-${uid}.yaml`;
        const loaded = state.groups.find((each) => each["name"] === group["name"] && String(each["file"]).endsWith(file));
        return loaded === undefined || named(loaded) !== named(group);
      })
      .map((group) => `group ${group["name"]} of PrometheusRule ${namespace}/${name} is not loaded`),
  );
  const failing = state.groups.flatMap(({ rules: each }) =>
    (each as Json[]).filter(({ health }) => health === "err").map(({ name, lastError }) => `rule ${name} fails: ${lastError}`),
  );
  const [scraped, found] = [new Set(state.jobs), new Set(state.targets.map(({ scrapePool }) => scrapePool))];
  const passedOver = jobs.flatMap(({ name, own }) =>
    scraped.has(name) ? (own && !found.has(name) ? [`${name} finds no target`] : []) : [`${name} is not scraped`],
  );
  const silent = state.targets
    .filter(({ health, labels }) => health !== "up" && running.has(`${labels.namespace}/${labels.pod}/${labels.container}`))
    .map(({ scrapePool, scrapeUrl, lastError }) => `${scrapePool}: ${scrapeUrl} tells nothing: ${lastError || "not asked yet"}`);
  return [...missing, ...failing, ...passedOver, ...silent];
}

function resultOf({ rules, jobs }: Wanted, { groups, targets }: State): MonitoringResult {
  const down = targets.filter(({ health }) => health !== "up").map(({ labels }) => String(labels.job));
  return {
    rules: groups.reduce((sum, { rules: each }) => sum + each.length, 0),
    ruleObjects: rules.length,
    monitors: new Set(jobs.map(({ name }) => name.replace(/\/\d+$/, ""))).size,
    targets: targets.length,
    up: targets.length - down.length,
    down: [...new Set(down)].sort(),
  };
}
