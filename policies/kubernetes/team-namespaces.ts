import { SERVES, TEAM } from "./labels.ts";

/**
 * Whether an object lies in a namespace of a team, as the API server sees it. Objects of pinned charts are in other namespaces. They are
 * reviewed with the chart, and a rule about images or hosts would refuse objects that cannot be changed there.
 */
export const TEAMS = {
  name: "teams",
  expression: `['${TEAM}', '${SERVES}'].exists(l, l in namespaceObject.metadata.labels)`,
};

/** Always true outside of team namespaces. */
export const inTeams = (condition: string): string => `!variables.teams || ${condition}`;
