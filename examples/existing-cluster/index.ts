import { NodePool } from "@millrace/components/gpu/node-pool";
import type { ModelVersion } from "@millrace/components/serving/model";
import { ModelServing } from "@millrace/components/serving/model-serving";
import { ObjectStore } from "@millrace/components/storage/object-store";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster.ts";

const config = new pulumi.Config();
const { clusterName, region, kmsKeyArn, gateway, prometheusUrl, ...nodes } = config.requireObject<Cluster>("cluster");
const store = new ObjectStore("models", { bucketPrefix: "acme-models", kmsKeyArn });
const lifetime = {
  consolidation: { when: "empty", afterSeconds: 600 },
  expireAfterHours: 336,
  terminationGraceHours: 2,
} as const;
const pool = new NodePool("inference", {
  ...nodes,
  ...lifetime,
  instanceType: "g6e.xlarge",
  maxGpus: 4,
  capacity: ["on-demand"],
  diskGiB: 200,
  use: "inference",
  tags: {},
});
const fraud = new ModelServing("fraud", {
  namespace: "models",
  model: config.requireObject<ModelVersion>("model"),
  store: { bucketName: store.bucketName, bucketArn: store.bucketArn, kmsKeyArn, region },
  clusterName,
  exposure: { host: "fraud.acme.example", gateway },
  monitoring: { namespace: "monitoring", prometheusUrl },
  compute: { kind: "gpu", gpus: 1, nodeLabels: pool.reference.nodeLabels },
});
export const bucket = store.bucketName;
export const version = fraud.version;
