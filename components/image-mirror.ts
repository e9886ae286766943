import * as pulumi from "@pulumi/pulumi";
import { matching } from "./shape.ts";

/** A part of a host's name (RFC 1123). */
const LABEL = /[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/.source;

/** The host of a registry. */
export const REGISTRY_HOST = new RegExp(`${LABEL}(\\.${LABEL})*`);

/** A part of a path in a registry (OCI Distribution Specification, "Pulling manifests"). */
export const REGISTRY_PART = /[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*/;

/** A registry with an optional path. */
export const IMAGES_FORM = new RegExp(`^(?=[^/]*\\.)${REGISTRY_HOST.source}(:\\d+)?(/${REGISTRY_PART.source})*$`);

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

/** What the keys below it mean. */
type Place = "container" | "volume" | "image volume" | undefined;

/**
 * What stands under a key, in a list or alone: containers and volumes of pods, of workflows (`script`, `sidecars`) and of charts
 * (`extraInitContainers`, `additionalVolumes`).
 */
const placeOf = (key: string, around: Place): Place => {
  if (around === "volume" && key === "image") {
    return "image volume";
  }
  return /([cC]ontainers?|^sidecars|^script)$/.test(key) ? "container" : /[vV]olumes$/.test(key) ? "volume" : undefined;
};

/** Keys that name an image. */
const NAMES: Partial<Record<NonNullable<Place>, string>> = { container: "image", "image volume": "reference" };

/**
 * An object with the image of every container and of every image volume in it taken from a mirror: a pod, or whatever has a template of
 * pods. What is known only later is moved then.
 */
export function withMirroredPods<T>(object: T, mirror: string, place?: Place): T {
  if (isLater(object)) {
    return pulumi.output(object).apply((known) => withMirroredPods(known, mirror, place)) as T;
  }
  if (Array.isArray(object)) {
    return object.map((each) => withMirroredPods<unknown>(each, mirror, place)) as T;
  }
  if (typeof object !== "object" || object === null || Object.getPrototypeOf(object) !== Object.prototype) {
    return object;
  }
  const own = Object.entries(object).map(([key, value]): [string, unknown] => [
    key,
    place !== undefined && NAMES[place] === key
      ? mirroredLater(value, mirror)
      : withMirroredPods<unknown>(value, mirror, placeOf(key, place)),
  ]);
  return Object.fromEntries(own) as T;
}

/** The name of an image, now or when it is known. */
const mirroredLater = (image: unknown, mirror: string): unknown =>
  typeof image === "string"
    ? mirrored(image, mirror)
    : isLater(image)
      ? pulumi.output(image).apply((known) => mirroredLater(known, mirror))
      : image;

/** Whether a value is known only later. */
export const isLater = (value: unknown): value is Promise<object> => pulumi.Output.isInstance(value) || value instanceof Promise;
