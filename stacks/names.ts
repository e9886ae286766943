import type { Context } from "./context.ts";

/** Beginning of every AWS name of the environment, and the name of its cluster. */
export const prefixOf = ({ profile }: Context): string => `millrace-${profile.name}`;

/** Name of the audit trail, which its key and its bucket must know before it is made. */
export const trailOf = (context: Context): string => `${prefixOf(context)}-audit`;
