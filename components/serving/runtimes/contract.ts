import type * as pulumi from "@pulumi/pulumi";
import type { ModelVersion } from "../model.ts";

/** What the platform and the model server of one runtime agree on. */
export interface ServerContract {
  /** Port of predictions, health and metrics. */
  port: number;

  /** Path that answers 200 once the model itself has answered a first request. */
  healthPath: string;

  /** Path of the metrics, in Prometheus' text format. */
  metricsPath: string;

  /** Program of the image that fetches and verifies the model's files. */
  fetchCommand: string[];

  /** Folder of the model's files, writable while they are fetched. */
  modelFolder: string;

  /** Variables of both containers. */
  environment(model: { name: string; version: ModelVersion; bucketName: pulumi.Input<string> }): {
    name: string;
    value: pulumi.Input<string>;
  }[];
}
