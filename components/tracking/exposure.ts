import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { domainName, fields, input, text } from "../shape.ts";
import { METRICS_PORT } from "./metrics.ts";
import { labelsOf, NAME } from "./pod.ts";

/** Where the server answers inside the cluster. */
const HOST = `${NAME}.${NAME}.svc.cluster.local`;
export const URI = `http://${HOST}`;

/** A way in from outside of the cluster. */
export interface TrackingRoute {
  /** Name under which people reach the server. Plain: the server refuses every other. */
  host: string;
  /** Ingress gateway: namespace and name of its `Gateway`. */
  gateway: { namespace: pulumi.Input<string>; name: pulumi.Input<string> };
}

export const trackingRoute = fields<TrackingRoute>({
  host: domainName,
  gateway: fields<TrackingRoute["gateway"]>({ namespace: input(text), name: input(text) }),
});

export const serviceSpec: k8s.types.input.core.v1.ServiceSpec = {
  selector: labelsOf("server"),
  ports: [
    { name: "http", port: 80, targetPort: "http" },
    { name: "metrics", port: METRICS_PORT, targetPort: "metrics" },
  ],
};

export function autoscalerSpec(
  minReplicas: number,
  maxReplicas: number,
): k8s.types.input.autoscaling.v2.HorizontalPodAutoscalerSpec {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: NAME },
    minReplicas,
    maxReplicas,
    metrics: [
      {
        type: "ContainerResource",
        containerResource: { container: "server", name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
      },
    ],
  };
}

/** No time-out: an upload takes as long as it takes. */
export function routeSpec({ host, gateway }: TrackingRoute): object {
  return {
    hosts: [host],
    gateways: [pulumi.interpolate`${gateway.namespace}/${gateway.name}`],
    http: [{ route: [{ destination: { host: HOST, port: { number: 80 } } }] }],
  };
}
