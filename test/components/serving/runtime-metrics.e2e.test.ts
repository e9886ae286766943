// What a server's own series become when Prometheus scrapes it as the PodMonitor says: the real Prometheus, servers' texts.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { podMonitorSpec } from "#components/serving/reach";
import { contractOf, type Runtime } from "#components/serving/runtimes/runtime";
import { type Job, type Relabeling, type Value, withPrometheus } from "../../harness/prometheus.ts";

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

const CONTRACT_OF = { name: "fraud", timeoutSeconds: 10, gpus: 1, grpc: false };

/** Answers with the text of a server at the path where its contract says that it is. */
const servers = createServer((request, response) => {
  const name = new URL(request.url ?? "/", "http://here").pathname.split("/")[1] ?? "";
  response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
  response.end(`${(TEXTS[name]?.[1] ?? []).join("\n")}\n`);
});

/** A job of Prometheus that scrapes as the endpoint of a PodMonitor says; path by path, all on one port. */
function jobOf(name: string, runtime: Runtime, port: number): Job {
  const { metrics } = contractOf(runtime, CONTRACT_OF);
  const [endpoint] = podMonitorSpec("fraud", { metrics }, 15).podMetricsEndpoints as unknown as [
    { metricRelabelings?: Relabeling[] },
  ];
  return {
    name,
    target: `127.0.0.1:${port}`,
    path: `/${name}${metrics.path}`,
    labels: { version: "v3" },
    metricRelabelings: endpoint.metricRelabelings ?? [],
  };
}

it("each server's answers and waiting requests are counted under one name", { timeout: 120_000 }, async ({ skip }) => {
  await once(servers.listen(0, "127.0.0.1"), "listening");
  const { port } = servers.address() as AddressInfo;
  const jobs = Object.entries(TEXTS).map(([name, [runtime]]) => jobOf(name, runtime, port));
  const series = await withPrometheus(jobs, async (ask) => (await ask('{__name__=~"model_.+"}')).map(shown).sort());
  servers.close();
  expect(series ?? skip("Prometheus is not built here: npm start, or millrace tools save")).toEqual(
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
});

/** A series in a line, by the labels that ours have. */
function shown({ metric: { __name__, job, ...labels }, value }: Value): string {
  const some = ["code", "model", "state", "status", "version"].flatMap((key) => (labels[key] ? [`${key}=${labels[key]}`] : []));
  return `${job} ${__name__} ${some.join(" ")}: ${value[1]}`;
}
