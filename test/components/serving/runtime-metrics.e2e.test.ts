// What a server's own series become when Prometheus scrapes it as the PodMonitor says: the real Prometheus, servers' texts.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dump } from "js-yaml";
import { expect, it } from "vitest";
import { podMonitorSpec } from "#components/serving/reach";
import { contractOf, type Runtime } from "#components/serving/runtimes/runtime";
import { defaultCache } from "#toolchain/cache";
import { locate } from "#toolchain/locate";
import { freePort } from "../../harness/free-port.ts";

const FETCHER = `fetch@sha256:${"a".repeat(64)}`;

/** What each server tells after 6 good and 2 bad answers, while requests run or wait; from the documentation of each. */
const TEXTS: Record<string, [Runtime, string[]]> = {
  triton: [
    { kind: "triton", fetcher: FETCHER },
    [
      'nv_inference_request_success{model="m",version="1"} 6',
      'nv_inference_request_failure{model="m",version="1",reason="BACKEND"} 2',
      'nv_inference_pending_request_count{model="m",version="1"} 3',
      'nv_gpu_utilization{gpu_uuid="g"} 0.5',
    ],
  ],
  tensorflow: [
    { kind: "tensorflow-serving", fetcher: FETCHER },
    [
      ':tensorflow:serving:request_count{model_name="m",status="OK"} 6',
      ':tensorflow:serving:request_count{model_name="m",status="INTERNAL"} 2',
    ],
  ],
  openvino: [
    { kind: "openvino", fetcher: FETCHER },
    [
      'ovms_requests_success{api="KServe",interface="REST",method="ModelInfer",name="m"} 6',
      'ovms_requests_fail{api="KServe",interface="REST",method="ModelInfer",name="m"} 2',
      'ovms_current_requests{name="m",version="1"} 3',
    ],
  ],
  vllm: [
    { kind: "vllm", fetcher: FETCHER },
    [
      'vllm:request_success_total{model_name="m",finished_reason="stop"} 6',
      'vllm:num_requests_running{model_name="m"} 2',
      'vllm:num_requests_waiting{model_name="m"} 1',
    ],
  ],
};

const CONTRACT_OF = { name: "fraud", timeoutSeconds: 10, gpus: 1 };

/** Answers with the text of a server at the path where its contract says that it is; path by path, all on one port. */
const servers = createServer((request, response) => {
  const name = new URL(request.url ?? "/", "http://here").pathname.split("/")[1] ?? "";
  response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
  response.end(`${(TEXTS[name]?.[1] ?? []).join("\n")}\n`);
});

/** A job of Prometheus that scrapes as the endpoint of a PodMonitor says. */
function jobOf(name: string, runtime: Runtime, port: number): object {
  const { metrics } = contractOf(runtime, CONTRACT_OF);
  const [endpoint] = podMonitorSpec("fraud", { metrics }, 15).podMetricsEndpoints as unknown as [
    { metricRelabelings?: Relabeling[] },
  ];
  return {
    job_name: name,
    metrics_path: `/${name}${metrics.path}`,
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { version: "v3" } }],
    metric_relabel_configs: endpoint.metricRelabelings?.map(({ sourceLabels, targetLabel, ...rest }) => ({
      source_labels: sourceLabels,
      target_label: targetLabel,
      ...rest,
    })),
  };
}

interface Relabeling {
  sourceLabels: string[];
  targetLabel: string;
  regex: string;
  replacement: string;
}

it("each server's answers and waiting requests are counted under one name", { timeout: 120_000 }, async ({ skip }) => {
  const program = (await locate("prometheus", defaultCache()))?.commands["prometheus"]?.[0];
  if (program === undefined) {
    skip("Prometheus is not built here: npm start, or millrace tools save");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "millrace-scraped-"));
  await once(servers.listen(0, "127.0.0.1"), "listening");
  const { port } = servers.address() as AddressInfo;
  const jobs = Object.entries(TEXTS).map(([name, [runtime]]) => jobOf(name, runtime, port));
  writeFileSync(
    join(folder, "config.yml"),
    dump({ global: { scrape_interval: "1s", scrape_timeout: "1s" }, scrape_configs: jobs }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const prometheus = spawn(
    program,
    [`--config.file=${folder}/config.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`],
    { stdio: "ignore" },
  );
  try {
    const series = await seen(address, Object.keys(TEXTS).length);
    expect(series).toEqual(
      [
        "openvino model_requests_in_flight model=fraud version=v3: 3",
        "openvino model_requests_total code=2xx model=fraud version=v3: 6",
        "openvino model_requests_total code=5xx model=fraud version=v3: 2",
        "tensorflow model_requests_total model=fraud status=INTERNAL version=v3: 2",
        "tensorflow model_requests_total model=fraud status=OK version=v3: 6",
        "triton model_requests_in_flight model=fraud version=v3: 3",
        "triton model_requests_total code=2xx model=fraud version=v3: 6",
        "triton model_requests_total code=5xx model=fraud version=v3: 2",
        "vllm model_requests_in_flight model=fraud state=running version=v3: 2",
        "vllm model_requests_in_flight model=fraud state=waiting version=v3: 1",
        "vllm model_requests_total code=2xx model=fraud version=v3: 6",
      ].sort(),
    );
  } finally {
    prometheus.kill("SIGTERM");
    await once(prometheus, "exit");
    servers.close();
    rmSync(folder, { recursive: true });
  }
});

/** The series with our names, once all jobs have been scraped. */
async function seen(address: string, jobs: number): Promise<string[]> {
  for (;;) {
    const up = await ask(address, "up == 1");
    if (up.length === jobs) {
      const found = await ask(address, '{__name__=~"model_.+"}');
      return found
        .map(({ metric: { __name__, job, ...labels }, value }) => {
          const shown = ["code", "model", "state", "status", "version"].flatMap((key) =>
            labels[key] ? [`${key}=${labels[key]}`] : [],
          );
          return `${job} ${__name__} ${shown.join(" ")}: ${value[1]}`;
        })
        .sort();
    }
    await sleep(200);
  }
}

async function ask(address: string, query: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
  const answer = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(query)}`).catch(() => undefined);
  return answer?.ok === true ? ((await answer.json()) as any).data.result : [];
}
