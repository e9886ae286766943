import { boundaryFamilies } from "./boundaries.ts";
import type { Family } from "./case.ts";
import { dayFamilies } from "./days.ts";
import { platformFamilies } from "./platform.ts";
import { servingFamilies } from "./serving.ts";

/** Every case that is written down. */
export const families: readonly Family[] = [...servingFamilies, ...platformFamilies, ...dayFamilies, ...boundaryFamilies];
