import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { domainName, fields, input, text } from "../shape.ts";
import { API } from "../versions.ts";
import { FULL_NAME } from "./prometheus-values.ts";

export interface GrafanaRouteArgs {
  /** Name under which people reach Grafana: the `grafanaHost` of its `PrometheusStack`. */
  host: string;

  /** Namespace of Grafana. */
  namespace: pulumi.Input<string>;

  /** Ingress gateway: namespace and name of its `Gateway`. */
  gateway: { namespace: pulumi.Input<string>; name: pulumi.Input<string> };
}

/**
 * The way of browsers to Grafana, through the ingress gateway. A component of its own, because the gateway comes after Prometheus.
 *
 * Wants Istio's CRDs to exist.
 *
 * @throws {pulumi.ResourceError} when the host is invalid.
 */
export class GrafanaRoute extends Component {
  static override readonly shape = fields<GrafanaRouteArgs>({
    host: domainName,
    namespace: input(text),
    gateway: fields<GrafanaRouteArgs["gateway"]>({ namespace: input(text), name: input(text) }),
  });

  constructor(name: string, args: GrafanaRouteArgs, opts?: ComponentOptions) {
    super("monitoring:GrafanaRoute", name, args, opts);
    const { host, namespace, gateway } = args;

    new k8s.apiextensions.CustomResource(
      `${name}-service`,
      {
        apiVersion: API.gateway,
        kind: "VirtualService",
        metadata: { name: "grafana", namespace },
        spec: {
          hosts: [host],
          gateways: [pulumi.interpolate`${gateway.namespace}/${gateway.name}`],
          http: [
            {
              route: [
                {
                  destination: {
                    host: pulumi.interpolate`${FULL_NAME}-grafana.${namespace}.svc.cluster.local`,
                    port: { number: 80 },
                  },
                },
              ],
            },
          ],
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
