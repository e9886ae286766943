import { expect, it } from "vitest";
import { teamsWithoutPeople } from "#plan/people";

const team = (name: string) => ({ groups: { dataScientists: `${name}-ds`, mlEngineers: `${name}-ml` }, gpuShare: 0.5 });
const owners = JSON.stringify({ groups: { "risk-ds": ["arn:a"], "risk-ml": ["arn:b"], "search-ds": [], "half-ds": ["arn:a"] } });

it("a plan names the groups of a team that have nobody in them", () => {
  const nobody = (groups: string, name: string): string =>
    `stacks/config/Pulumi.*-dev.yaml: millrace:owners.groups has nobody in ${groups}: these people of team ${name} cannot use the cluster`;
  const teams = { risk: team("risk"), search: team("search"), half: team("half") };
  expect(teamsWithoutPeople(teams, owners, "dev")).toEqual([nobody("search-ds, search-ml", "search"), nobody("half-ml", "half")]);
  expect(teamsWithoutPeople({ risk: team("risk") }, undefined, "dev")).toEqual([nobody("risk-ds, risk-ml", "risk")]);
});
