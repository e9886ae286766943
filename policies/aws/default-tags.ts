import { opened } from "../providers.ts";
import { type Bag, bag } from "../read.ts";
import type { Resource } from "../resource.ts";

/** Tags that a resource's provider puts on everything it makes. */
export const defaultTagsOf = ({ provider }: Resource): Bag => bag(opened(provider, "defaultTags"), "tags");
