import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dump } from "js-yaml";
import { defaultCache } from "#toolchain/cache";
import { locate } from "#toolchain/locate";
import { freePort } from "./free-port.ts";

/** A rule of a monitor by which series are kept or changed. */
export interface Relabeling {
  action?: string;
  sourceLabels?: string[];
  targetLabel?: string;
  regex?: string;
  replacement?: string;
}

/** What Prometheus scrapes, as the endpoint of a monitor says. */
export interface Job {
  name: string;
  /** `<address>:<port>`. */
  target: string;
  path: string;
  labels?: Readonly<Record<string, string>>;
  metricRelabelings?: readonly Relabeling[];
}

/** A series, and its value. */
export interface Value {
  metric: Record<string, string>;
  value: [number, string];
}

/** Asks a running Prometheus. @returns nothing where it does not answer yet. */
export type Ask = (query: string) => Promise<Value[]>;

/**
 * Runs the real Prometheus, which scrapes each second, until `use` is done.
 *
 * @returns what `use` returns, or nothing where no Prometheus is built here.
 */
export async function withPrometheus<T>(jobs: readonly Job[], use: (ask: Ask) => Promise<T>): Promise<T | undefined> {
  const program = (await locate("prometheus", defaultCache()))?.commands["prometheus"]?.[0];
  if (program === undefined) {
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "millrace-scraped-"));
  writeFileSync(
    join(folder, "config.yml"),
    dump({ global: { scrape_interval: "1s", scrape_timeout: "1s" }, scrape_configs: jobs.map(scrapeConfig) }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const prometheus = spawn(
    program,
    [`--config.file=${folder}/config.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`],
    { stdio: "ignore" },
  );
  try {
    await untilUp(address, jobs.length);
    return await use((query) => ask(address, query));
  } finally {
    prometheus.kill("SIGTERM");
    await once(prometheus, "exit");
    rmSync(folder, { recursive: true });
  }
}

const scrapeConfig = ({ name, target, path, labels, metricRelabelings = [] }: Job): object => ({
  job_name: name,
  metrics_path: path,
  static_configs: [{ targets: [target], ...(labels && { labels }) }],
  metric_relabel_configs: metricRelabelings.map(({ sourceLabels, targetLabel, ...rest }) => ({
    ...(sourceLabels && { source_labels: sourceLabels }),
    ...(targetLabel !== undefined && { target_label: targetLabel }),
    ...rest,
  })),
});

async function untilUp(address: string, jobs: number): Promise<void> {
  while ((await ask(address, "up == 1")).length !== jobs) {
    await sleep(200);
  }
}

async function ask(address: string, query: string): Promise<Value[]> {
  const answer = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(query)}`).catch(() => undefined);
  return answer?.ok === true ? ((await answer.json()) as { data: { result: Value[] } }).data.result : [];
}
