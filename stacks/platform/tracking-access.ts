import { returners } from "#components/ci/ci-roles";
import { filesIn, ISSUER as GITHUB, subjects } from "#components/ci/trust";
import type { Cluster } from "#components/cluster/cluster";
import { JOBS_ACCOUNT } from "#components/teams/jobs-identity";
import { jobsNamespace } from "#components/teams/team";
import type { Grant, TokenIssuer, TrackingAccess } from "#components/tracking/access";
import { NAME } from "#components/tracking/pod";
import type { Context } from "../context.ts";
import { teams } from "../inputs/teams.ts";
import { SIGN_ON_GROUPS, trackingRights } from "../rights.ts";

/** Who may do what on the tracking server: the table of rights, and whose tokens say who somebody is. */
export const trackingAccess = ({ profile, settings }: Context, cluster: Cluster): TrackingAccess => ({
  rights: trackingRights(profile.name),
  issuers: [
    jobs(cluster),
    pipeline(profile.name, settings.owners),
    ...(settings.trackingSignOn ? [people(settings.trackingSignOn)] : []),
  ],
});

/** The cluster, for jobs of all teams, so that a new one changes nothing here: `kubectl create token` and projected tokens with the audience of the server. */
const jobs = ({ tokenIssuer }: Cluster): TokenIssuer => ({
  issuer: tokenIssuer,
  audience: NAME,
  keysUrl: tokenIssuer.apply((issuer) => `${issuer}/keys`),
  claim: "sub",
  members: { [`system:serviceaccount:${jobsNamespace("{team}")}:${JOBS_ACCOUNT}`]: { role: "trainer" } },
});

/**
 * GitHub, for the job that deploys and promotes, which a person approves, and for those that follow and bring back, in their files alone
 * (components/ci/ci-roles.ts).
 */
function pipeline(environment: string, { repository, repositoryIds: ids }: Context["settings"]["owners"]): TokenIssuer {
  const own = { repository, ...(ids && { repositoryIds: ids }) };
  const back = returners({ environment });
  return {
    issuer: `https://${GITHUB}`,
    audience: NAME,
    keysUrl: `https://${GITHUB}/.well-known/jwks`,
    claim: "sub",
    members: Object.fromEntries([
      ...subjects(own, [{ environment }]).map((subject): [string, Grant] => [subject, { role: "ci" }]),
      ...subjects(own, back.jobs).map((subject): [string, Grant] => [
        subject,
        { role: "ci", only: { job_workflow_ref: filesIn(own, back) } },
      ]),
    ]),
    ...(ids && { required: { repository_id: ids.repository, repository_owner_id: ids.owner } }),
  };
}

/** The company's provider, for people: its groups are those of the teams and of the platform. */
const people = ({
  issuer,
  clientId,
  keysUrl,
  groups = "groups",
}: NonNullable<Context["settings"]["trackingSignOn"]>): TokenIssuer => ({
  issuer,
  audience: clientId,
  keysUrl,
  claim: groups,
  nameClaim: "email",
  members: Object.fromEntries([
    ...Object.entries(teams).flatMap(
      ([
        team,
        {
          groups: { dataScientists, mlEngineers },
        },
      ]): [string, Grant][] => [
        [dataScientists, { role: "data-scientist", team }],
        [mlEngineers, { role: "ml-engineer", team }],
      ],
    ),
    ...Object.entries(SIGN_ON_GROUPS).map(([role, group]): [string, Grant] => [group, { role }]),
  ]),
});
