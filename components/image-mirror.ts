import * as pulumi from "@pulumi/pulumi";
import { matching } from "./shape.ts";

/** A registry with an optional path. */
export const IMAGES_FORM = /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

export const IMAGES_RULE = "the beginning of an image's name, <registry>/<path>, without a scheme and without a slash at the end";

export const imageMirror = matching(IMAGES_FORM, IMAGES_RULE);

/** A private registry of an AWS account: its images are the account's own, or AWS' for its add-ons. */
const PRIVATE_ECR = /^\d{12}\.dkr\.ecr(-fips)?\.[\w-]+\.amazonaws\.com(\.cn)?\//;

/**
 * Name of an image in a mirror: the host of its registry becomes the first part of the path, `quay.io/a/b:v1` is `<mirror>/quay.io/a/b:v1`.
 * Short names are Docker Hub's: `busybox` is `<mirror>/docker.io/library/busybox`. What lies in a private registry of ECR stays there.
 */
export function mirrored(image: string, mirror: string): string {
  if (image.startsWith(`${mirror}/`) || PRIVATE_ECR.test(image)) {
    return image;
  }
  const [first = "", ...rest] = image.split("/");
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const full = hasHost ? image : `docker.io/${rest.length === 0 ? "library/" : ""}${image}`;
  return `${mirror}/${full}`;
}

/** Keys under which pods hold their containers. */
const CONTAINERS = ["containers", "initContainers", "ephemeralContainers"];

/** An object with every image of every container in it taken from a mirror: a pod, or whatever has a template of pods. */
export function withMirroredPods<T>(object: T, mirror: string): T {
  if (Array.isArray(object)) {
    return object.map((each) => withMirroredPods<unknown>(each, mirror)) as T;
  }
  if (pulumi.Output.isInstance(object)) {
    return object.apply((known) => withMirroredPods<unknown>(known, mirror)) as T;
  }
  if (typeof object !== "object" || object === null || Object.getPrototypeOf(object) !== Object.prototype) {
    return object;
  }
  const own = Object.entries(object).map(([key, value]): [string, unknown] => [
    key,
    CONTAINERS.includes(key) && Array.isArray(value)
      ? value.map((container) => withMirroredImage(container as { image?: pulumi.Input<string> }, mirror))
      : withMirroredPods<unknown>(value, mirror),
  ]);
  return Object.fromEntries(own) as T;
}

const withMirroredImage = (container: { image?: pulumi.Input<string> }, mirror: string): object =>
  container.image === undefined
    ? container
    : {
        ...container,
        image:
          typeof container.image === "string"
            ? mirrored(container.image, mirror)
            : pulumi.output(container.image).apply((image) => mirrored(image, mirror)),
      };
