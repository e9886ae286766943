import * as pulumi from "@pulumi/pulumi";
import { fields, oneOf, optional, wholeNumber } from "../../shape.ts";
import type { ServerContract } from "./contract.ts";

/** A model server image that keeps the contract of docs/model-server.md; the release names it, by digest. */
export interface ImageRuntime {
  kind: "image";

  /** Longest time that the model takes to load, download included, seconds. @default 300 */
  loadSeconds?: number;
}

export const imageRuntime = fields<ImageRuntime>({ kind: oneOf("image"), loadSeconds: optional(wholeNumber({ min: 1 })) });

const PORT = 8080;
const MODEL_FOLDER = "/models";

export const IMAGE_CONTRACT: ServerContract = {
  port: PORT,
  healthPath: "/ping",
  metricsPath: "/metrics",
  fetchCommand: ["/usr/local/bin/fetch-model"],
  modelFolder: MODEL_FOLDER,
  environment: ({ name, version: { version, path, sha256 }, bucketName }) => [
    { name: "MODEL_NAME", value: name },
    { name: "MODEL_VERSION", value: version },
    { name: "MODEL_URI", value: pulumi.interpolate`s3://${bucketName}/${path}` },
    { name: "MODEL_SHA256", value: sha256 },
    { name: "MODEL_DIR", value: MODEL_FOLDER },
    { name: "PORT", value: String(PORT) },
  ],
};
