import { request as http } from "node:http";
import { request as https } from "node:https";
import { connect } from "node:net";
import type { Json } from "../controlplane/kube.ts";

/** How often and how patiently a probe asks, with the API's defaults, in milliseconds. */
export interface ProbeTiming {
  delay: number;
  period: number;
  failureThreshold: number;
}

export function timing(probe: Json): ProbeTiming {
  return {
    delay: (probe.initialDelaySeconds ?? 0) * 1000,
    period: (probe.periodSeconds ?? 10) * 1000,
    failureThreshold: probe.failureThreshold ?? 3,
  };
}

/**
 * Asks a container once. `exec` probes cannot run, since the image's programs are not there: they succeed.
 *
 * @param address - the pod's address.
 */
export function ask(probe: Json, container: Json, address: string): Promise<boolean> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.httpGet) {
    return httpGet(probe.httpGet, container, address, timeout);
  }
  const port = probe.tcpSocket?.port ?? probe.grpc?.port;
  return port === undefined ? Promise.resolve(true) : accepts(address, portNumber(port, container), timeout);
}

/** A port by number, or by the name that the container gives it. */
export function portNumber(port: number | string, container: Json): number {
  const named = ((container.ports ?? []) as Json[]).find(({ name }) => name === port);
  return Number(named?.containerPort ?? port);
}

function httpGet(get: Json, container: Json, address: string, timeout: number): Promise<boolean> {
  const headers = Object.fromEntries(((get.httpHeaders ?? []) as Json[]).map(({ name, value }) => [name, value]));
  const to = { host: address, port: portNumber(get.port, container), path: get.path ?? "/" };
  const request = get.scheme === "HTTPS" ? https : http;
  return new Promise((resolve) => {
    // A kubelet asks whoever answers for no certificate.
    const sent = request({ ...to, headers, timeout, agent: false, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      const status = answer.statusCode ?? 500;
      resolve(status >= 200 && status < 400);
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(false));
    sent.end();
  });
}

function accepts(host: string, port: number, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.on("connect", () => answer(true));
    socket.on("timeout", () => answer(false));
    socket.on("error", () => answer(false));
  });
}
