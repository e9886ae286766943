import type { Context } from "../layers.ts";

/** Beginning of every AWS name of the environment, and the name of its cluster. */
export const prefixOf = ({ profile }: Context): string => `millrace-${profile.name}`;
