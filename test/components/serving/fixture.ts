import { ModelServing, type ModelServingArgs } from "#components/serving/model-serving";
import { type Recorded, record } from "../../harness/graph.ts";

export const DIGEST = `sha256:${"a".repeat(64)}`;

/** The least that a served model needs. */
export const minimal: ModelServingArgs = {
  namespace: "models-risk",
  model: {
    version: "3",
    path: "models/fraud/3",
    sha256: "b".repeat(64),
    image: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/model-server@${DIGEST}`,
  },
  store: {
    bucketName: "models",
    bucketArn: "arn:aws:s3:::models",
    kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
    region: "eu-west-1",
  },
  clusterName: "millrace",
  exposure: {
    host: "fraud.models.internal",
    gateway: { namespace: "istio-ingress", name: "ingress", selector: { istio: "ingress" } },
  },
  analysis: { prometheusUrl: "http://prometheus.monitoring:9090" },
  monitoringNamespace: "monitoring",
};

export const serving = (args: Partial<ModelServingArgs> = {}, preview = false): Promise<Recorded[]> =>
  record(() => new ModelServing("fraud", { ...minimal, ...args }), { preview });

/** The one registration of a name that is an object, not the component around it. */
export function child(graph: readonly Recorded[], name: string): Recorded {
  const found = graph.find((resource) => resource.name === name && resource.custom);
  if (found === undefined) {
    throw new Error(`no resource '${name}' among ${graph.map((resource) => resource.name).join(", ")}`);
  }
  return found;
}
