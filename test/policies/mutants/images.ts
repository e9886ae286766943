import type { StackMutant } from "./mutant.ts";
import { collection, fetch, good, migration, model, server } from "./workloads.ts";

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
