import { SERVES, TEAM } from "./labels.ts";

/**
 * Whether an object lies in a namespace of a team, as the API server sees it. What pinned charts bring lives in others: it is reviewed
 * with the chart, and a rule about names of images or hosts would refuse what cannot be changed there.
 */
export const TEAMS = {
  name: "teams",
  expression: `['${TEAM}', '${SERVES}'].exists(l, l in namespaceObject.metadata.labels)`,
};

/** True outside of namespaces of teams, whatever stands there. */
export const inTeams = (condition: string): string => `!variables.teams || ${condition}`;
