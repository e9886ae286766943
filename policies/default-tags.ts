import { type Resource, SECRET, Undecided } from "./resource.ts";

/** Tags that a resource's provider puts on everything it makes. The provider takes objects as JSON text. */
export function defaultTagsOf({ provider }: Resource): Record<string, string> {
  const { defaultTags } = provider;
  if (defaultTags === SECRET) {
    throw new Undecided("defaultTags");
  }
  return (typeof defaultTags === "string" ? JSON.parse(defaultTags) : defaultTags)?.tags ?? {};
}
