import { byKind, nameOf, wholeNumber } from "../../shape.ts";
import { IMAGE_TYPES } from "./instance-types.ts";

/** Instances of an endpoint. A release runs as many of both versions for its time. */
export type Instances =
  | {
      /** As many at all times. */
      kind: "fixed";
      /** Such as `ml.m7i.large`: x86-64, like the image. */
      type: string;
      count: number;
    }
  | {
      /** As many as the requests need. Changing `type` takes two updates: one to `fixed`, and one back. */
      kind: "scaled";
      /** Such as `ml.m7i.large`: x86-64, like the image. */
      type: string;
      min: number;
      /** A release begins with as many: SageMaker forgets how many there were. */
      max: number;
      /** Requests a minute of one instance, above which there shall be more. */
      requestsPerMinute: number;
    };

const type = nameOf(IMAGE_TYPES, "an instance type of SageMaker hosting with x86-64 processors, such as ml.m7i.large");
const count = wholeNumber({ min: 1, max: 1_000 });

export const instances = byKind<Instances, "kind">("kind", {
  fixed: { type, count },
  scaled: { type, min: count, max: count, requestsPerMinute: wholeNumber({ min: 1 }) },
});

/** Fewest and most instances. */
export const instanceRange = (instances: Instances): { min: number; max: number } =>
  instances.kind === "fixed" ? { min: instances.count, max: instances.count } : { min: instances.min, max: instances.max };
