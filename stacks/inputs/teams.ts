/** Kubernetes groups of a team's people; the platform's access entries map IAM roles to them. What they may do, roles.ts says. */
export interface TeamGroups {
  dataScientists: string;
  mlEngineers: string;
}

/** A team, the same in every environment. */
export interface TeamSpec {
  groups: TeamGroups;
  /** Its own part of each GPU pool and of the processors for jobs, 0 to 1; what it leaves idle, others may borrow. All teams together have at most 1. */
  gpuShare: number;
}

export type Teams = Record<string, TeamSpec>;

export const teams: Teams = {
  risk: {
    groups: { dataScientists: "risk-data-scientists", mlEngineers: "risk-ml-engineers" },
    gpuShare: 1,
  },
};
