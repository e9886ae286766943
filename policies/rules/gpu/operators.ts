import { type Bag, bag, bags, number, text } from "../../read.ts";

/** Jobs of operators that a queue of Kueue can admit (Kueue documentation, "Run Jobs"). */
export const OPERATED: readonly string[] = [
  ...["v1", "v1alpha1"].map((version) => `trainer.kubeflow.org/${version}:TrainJob`),
  ...["PyTorchJob", "TFJob", "XGBoostJob", "PaddleJob", "JAXJob", "MPIJob"].map((kind) => `kubeflow.org/v1:${kind}`),
  ...["v1", "v1alpha1", "v2beta1"].map((version) => `kubeflow.org/${version}:MPIJob`),
  ...["v1", "v1alpha1"].flatMap((version) => ["RayJob", "RayCluster", "RayService"].map((kind) => `ray.io/${version}:${kind}`)),
  "workload.codeflare.dev/v1beta2:AppWrapper",
  "leaderworkerset.x-k8s.io/v1:LeaderWorkerSet",
  "sparkoperator.k8s.io/v1beta2:SparkApplication",
]
  .filter((type, index, all) => all.indexOf(type) === index)
  .map((type) => `kubernetes:${type}`);

/** Whether any part of a job asks for something of NVIDIA's. Each operator has a path of its own to its pods. */
export const asksSomewhere = (inputs: Bag): boolean => asksIn(inputs["spec"], 0);

/** Deeper than the pods of any operator. */
const DEEPEST = 24;

function asksIn(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null || depth > DEEPEST) {
    return false;
  }
  if (Array.isArray(value)) {
    return bags({ value }, "value").some((each) => asksIn(each, depth + 1));
  }
  const holder = bag(value);
  const asked = ["requests", "limits"].some((key) =>
    Object.keys(bag(holder, key)).some((name) => name.startsWith("nvidia.com/") && number(holder, key, name) !== 0),
  );
  const isVendor = text(holder, "gpu", "name")?.startsWith("nvidia.com/") === true;
  return isVendor || asked || Object.values(holder).some((each) => asksIn(each, depth + 1));
}
