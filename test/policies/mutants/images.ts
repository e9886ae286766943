import { kubernetes, type StackMutant } from "./mutant.ts";

const SERVER = kubernetes("platform", "apps/v1:Deployment", "tracking-server");
const ROLLOUT = kubernetes("workloads", "argoproj.io/v1alpha1:Rollout", "fraud-rollout");
const MIGRATION = kubernetes("platform", "batch/v1:Job", "tracking-migration");
const COLLECTION = kubernetes("platform", "batch/v1:CronJob", "tracking-collection");

type Edit = (pod: any, container: any, spec: any) => void;

/** The server of MLflow, a Deployment. */
const server = (what: string, edit: Edit): StackMutant =>
  SERVER.bad(what, ({ spec }) => edit(spec.template.spec, spec.template.spec.containers[0], spec));
/** The server of a model, a Rollout. */
const model = (what: string, edit: Edit): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => edit(spec.template.spec, spec.template.spec.containers[0], spec));
/** What runs before the server of a model. */
const fetch = (what: string, edit: (container: any) => void): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => edit(spec.template.spec.initContainers[0]));
const migration = (what: string, edit: Edit): StackMutant =>
  MIGRATION.bad(what, ({ spec }) => edit(spec.template.spec, spec.template.spec.containers[0], spec));
const collection = (what: string, edit: Edit): StackMutant =>
  COLLECTION.bad(what, ({ spec }) =>
    edit(spec.jobTemplate.spec.template.spec, spec.jobTemplate.spec.template.spec.containers[0], spec),
  );
const good = (what: string, edit: Edit): StackMutant =>
  ROLLOUT.harmless(what, ({ spec }) => edit(spec.template.spec, spec.template.spec.containers[0], spec));

const image = (container: any, edit: (image: string) => string): void => {
  container.image = edit(container.image);
};

/** Images of pods: where they come from, and whether they can change. */
export const IMAGES: readonly StackMutant[] = [
  model("an image by a tag", (_, container) => image(container, (it) => it.replace(/@.*/, ":3.1"))),
  model("an image without a tag", (_, container) => image(container, (it) => it.replace(/@.*/, ""))),
  fetch("a container before the server with the tag `latest`", (container) =>
    image(container, (it) => it.replace(/@.*/, ":latest")),
  ),
  collection("a nightly job with a tag", (_, container) => image(container, (it) => it.replace(/@.*/, ""))),
  model("an image with the tag `latest` beside its digest", (_, container) =>
    image(container, (it) => it.replace("@", ":latest@")),
  ),
  model("an image with a digest that is too short", (_, container) => image(container, (it) => it.slice(0, -8))),
  model("an image of another account", (_, container) => image(container, (it) => it.replace("333333333333", "999999999999"))),
  model("an image of a repository that begins like ours", (_, container) =>
    image(container, (it) => it.replace(".amazonaws.com/", ".amazonaws.com.example.com/")),
  ),
  fetch("a container before the server from a public registry", (container) =>
    image(container, (it) => it.replace(/^[^@]+/, "ghcr.io/somebody/fetch")),
  ),
  migration("a Job with an image of Docker Hub without its registry", (_, container) =>
    image(container, (it) => it.replace(/^[^@]+/, "somebody/mlflow")),
  ),
  server("a registry by its address", (_, container) => image(container, (it) => it.replace(/^[^/]+/, "203.0.113.9:5000"))),
  good("an image with its version beside its digest", (_, container) => image(container, (it) => it.replace("@", ":3.1.4@"))),
  good("an image that is pulled each time", (_, container) => {
    container.imagePullPolicy = "Always";
  }),
];
