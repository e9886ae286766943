import * as k8s from "@pulumi/kubernetes";
import { releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { CHARTS } from "../versions.ts";

/**
 * Custom resource definitions of the Prometheus operator: monitors and rules are objects of them. They come before everything that
 * is monitored, cert-manager and External Secrets included, and Prometheus itself comes later.
 *
 * Removing the component leaves them: with them every rule and monitor of the cluster would go.
 */
export class PrometheusCrds extends Component {
  constructor(name: string, opts?: ComponentOptions) {
    super("monitoring:PrometheusCrds", name, {}, opts);

    new k8s.helm.v3.Release(
      name,
      // In a namespace that is always there: that of Prometheus comes later.
      releaseOf(CHARTS.prometheusCrds, { name: "prometheus-operator-crds", namespace: "kube-system", values: KEPT }),
      { parent: this },
    );
    this.registerOutputs({});
  }
}

const KEPT = { crds: { annotations: { "helm.sh/resource-policy": "keep" } } };
