import { type Bag, bag, parsed } from "../read.ts";
import { type Resource, SECRET, Undecided } from "../resource.ts";

/** Tags that a resource's provider puts on everything it makes. The provider takes objects as JSON text. */
export function defaultTagsOf({ provider }: Resource): Bag {
  const { defaultTags } = provider;
  if (defaultTags === SECRET) {
    throw new Undecided("defaultTags");
  }
  return bag(typeof defaultTags === "string" ? parsed(defaultTags) : defaultTags, "tags");
}
