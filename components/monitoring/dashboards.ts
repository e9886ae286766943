import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { modelsDashboard } from "./dashboards/models.ts";

export interface DashboardsArgs {
  /** Namespace of the dashboards; Grafana looks in all. */
  namespace: pulumi.Input<string>;
}

/** The dashboards of Millrace, as ConfigMaps that Grafana's sidecar finds by their label. They are read-only: code is their source. */
export class Dashboards extends Component {
  constructor(name: string, args: DashboardsArgs, opts?: ComponentOptions) {
    super("monitoring:Dashboards", name, args, opts);

    new k8s.core.v1.ConfigMap(
      `${name}-models`,
      {
        metadata: {
          name: "dashboard-models",
          namespace: args.namespace,
          labels: { grafana_dashboard: "1" },
          annotations: { grafana_folder: "Millrace" },
        },
        data: { "models.json": JSON.stringify(modelsDashboard()) },
      },
      { parent: this },
    );

    this.registerOutputs({});
  }
}
