// What answers of gRPC are measured as: the text of a real Envoy, relabelled by the real Prometheus as the gateway's PodMonitor says.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { IngressGateway } from "#components/mesh/gateway";
import { latencyAdapter } from "#components/monitoring/rules/gateway-adapter";
import { errorShare, servedShare, slowShare } from "#components/serving/queries";
import { record } from "../../harness/graph.ts";
import { type Ask, type Job, type Relabeling, type Value, withPrometheus } from "../../harness/prometheus.ts";
import { fraud } from "../../monitoring/cases/case.ts";

const TEXT = readFileSync(join(import.meta.dirname, "envoy-grpc.prom"), "utf8");

/** Each scrape finds the recorded calls once more. */
let scrapes = 0;
const envoy = createServer((_, response) => {
  scrapes += 1;
  response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
  response.end(TEXT.replaceAll(/^([^#].*) ([\d.]+)$/gm, (_, series, value) => `${series} ${Number(value) * scrapes}`));
});

const host = (role: string): string => `fraud-${role}.models-risk.svc.cluster.local`;

async function jobOf(port: number): Promise<Job> {
  const graph = await record(() => new IngressGateway("gateway"));
  const monitor = graph.find(({ name }) => name === "gateway-monitor");
  const [{ path, metricRelabelings }] = monitor!.inputs["spec"].podMetricsEndpoints as [
    { path: string; metricRelabelings: Relabeling[] },
  ];
  return { name: "envoy", target: `127.0.0.1:${port}`, path, metricRelabelings };
}

/** A series by protocol, role, class and status. */
function shown({ metric, value }: Value): string {
  const [, port, role] = /^outbound\|(\d+)\|\|fraud-(\w+)\./.exec(metric["cluster_name"] ?? "") ?? [];
  const status = metric["grpc_response_status"];
  return `${role} ${port} ${metric["response_code_class"]}${status === undefined ? "" : ` of ${status}`}: ${value[1]}`;
}

const number = async (ask: Ask, query: string): Promise<number> => Number((await ask(query))[0]?.value[1]);

it("counts each call once, by its status, and measures both protocols together", { timeout: 120_000 }, async ({ skip }) => {
  await once(envoy.listen(0, "127.0.0.1"), "listening");
  const window = { windowSeconds: 60, minRequests: 1 };
  const errors = latencyAdapter({ ...fraud, name: "fraud", namespace: "models-risk" }).rules.at(-1)?.expr ?? "";
  const found = await withPrometheus([await jobOf((envoy.address() as AddressInfo).port)], async (ask) => {
    while (scrapes < 6) {
      await sleep(200);
    }
    // As a share of what came in one scrape, whatever number of scrapes there were.
    const counted = await ask(
      `envoy_cluster_upstream_rq / on () group_left () max(envoy_cluster_upstream_rq{cluster_name=~".*stable.*"}) * 20`,
    );
    return {
      answers: counted.map(shown).sort(),
      others: await ask('{__name__=~"envoy_cluster_grpc.*"}'),
      errors: await number(ask, errorShare(host("canary"), window)),
      alerted: await number(ask, errors),
      slow: await number(ask, slowShare(host("canary"), 50, window)),
      served: await number(ask, servedShare(host("canary"), host("stable"), window)),
    };
  });
  envoy.close();
  expect(found ?? skip("Prometheus is not built here: npm start, or millrace tools save")).toEqual({
    answers: [
      "canary 50051 2xx of 0: 5",
      "canary 50051 4xx of 3: 1",
      "canary 50051 4xx of 5: 1",
      "canary 50051 5xx of 13: 1",
      "canary 50051 5xx of 14: 2",
      "canary 50051 5xx of 2: 1",
      "canary 80 2xx: 8",
      "canary 80 5xx: 1",
      "stable 50051 2xx of 0: 20",
    ],
    others: [],
    // Of the new version's 20 answers, 4 by gRPC and 1 by REST failed; mistakes of callers did not.
    errors: 0.25,
    // Alerts judge both versions together.
    alerted: 0.125,
    slow: expect.closeTo(SLOW, 6),
    served: 0.5,
  });
});

/** Answers of the new version that took longer than 50 ms, of those that were timed, in the recorded text. */
const timed = (le: string): number =>
  [...TEXT.matchAll(/_time_bucket\{cluster_name="outbound\|\d+\|\|fraud-canary[^"]*",le="([^"]+)"\} (\d+)/g)]
    .filter(([, bound]) => bound === le)
    .reduce((sum, [, , count]) => sum + Number(count), 0);
const SLOW = 1 - timed("50") / timed("+Inf");
