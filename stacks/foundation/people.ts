import * as aws from "@pulumi/aws";
import { BreakGlass } from "#components/access/break-glass";
import {
  keepKeys,
  type Place,
  reachCluster,
  readConfiguration,
  readFolder,
  searchTrail,
} from "#components/access/people-statements";
import { policyDocument, type Statement } from "#components/iam";
import { addTeamData, listRunFiles, readTeamData, runFilesOf, type TeamStores, useStoreKey } from "#components/teams/team-files";
import type { Context } from "../context.ts";
import { principalsOf } from "../inputs/break-glass.ts";
import { type ActionName, may, type RoleName } from "../inputs/roles.ts";
import { accessHostOf, breakGlassOf, ownTagsOf, prefixOf } from "../names.ts";
import type { Keys } from "./keys.ts";
import { MODELS_FOLDER, type Stores, TRAIL_PREFIX } from "./stores.ts";

/**
 * The team of whoever asks, by the tag `team` of their role or session. So a new team changes no policy; who has no tag has no folder
 * (IAM user guide, "Define permissions based on attributes with ABAC authorization").
 */
const OWN_TEAM = "${aws:PrincipalTag/team}";

/** Roles of people who belong to a team, and of those who work for all teams. The others are programs. */
const OF_TEAMS = ["data-scientist", "ml-engineer"] as const satisfies readonly RoleName[];
const OF_ALL = ["platform-engineer", "sre", "auditor"] as const satisfies readonly RoleName[];

interface Ground {
  stores: Stores;
  keys: Keys;
  /** Provider of what only a person changes. */
  guarded: aws.Provider;
}

/** The role for the emergency that the stack config tells of, with its alarm. Without an entry there is neither. */
export function breakGlassRole(context: Context, guarded: aws.Provider): void {
  const { settings, profile } = context;
  if (settings.breakGlass === undefined) {
    return;
  }
  const { for: _, topic, ...entry } = settings.breakGlass;
  const place: Place = { ...settings, prefix: prefixOf(context), tags: ownTagsOf(context) };
  const roleName = breakGlassOf(context);
  new BreakGlass(
    "break-glass",
    {
      ...entry,
      roleName,
      roleArn: `arn:aws:iam::${settings.account}:role/${roleName}`,
      region: settings.region,
      principals: principalsOf(settings),
      statements: reachCluster(place, profile.cluster.accessHost ? accessHostOf(context) : undefined),
      topicArn: topic,
    },
    { providers: [guarded] },
  );
}

/**
 * A managed policy for each role of people, `<prefix>-people-<role>`, that says what the table of rights says of AWS. Nothing is attached to them here: IAM Identity Center attaches a policy by its name (permission sets), and whoever keeps
 * the roles of people does otherwise.
 */
export function peopleOf(context: Context, { stores, keys, guarded }: Ground): void {
  const place: Place = { ...context.settings, prefix: prefixOf(context), tags: ownTagsOf(context) };
  const files: TeamStores = {
    dataArn: stores.data.bucketArn,
    artifactsArn: stores.artifacts.bucketArn,
    keyArn: keys.data.keyArn,
    region: place.region,
  };
  const models = { bucketArn: stores.models.bucketArn, folder: MODELS_FOLDER, keyArn: keys.data.keyArn };
  const trail = { bucketArn: stores.audit.bucketArn, folder: TRAIL_PREFIX, keyArn: keys.logs.keyArn };
  const host = context.profile.cluster.accessHost ? accessHostOf(context) : undefined;

  const ofEverybody: Partial<Record<ActionName, Statement[]>> = {
    "reach-cluster": reachCluster(place, host),
    "read-models": readFolder("Models", place, models),
    "read-configuration": readConfiguration(),
    "read-trail": [searchTrail, ...readFolder("Trail", place, trail)],
    "keep-keys": [keepKeys(place)],
  };
  const ofTeam: Partial<Record<ActionName, Statement[]>> = {
    ...ofEverybody,
    "read-team-data": [
      ...readTeamData(OWN_TEAM, files),
      listRunFiles(OWN_TEAM, files),
      { sid: "ReadArtifacts", actions: ["s3:GetObject"], resources: [runFilesOf(OWN_TEAM, files)] },
      useStoreKey("DecryptThroughS3", files, ["kms:Decrypt"]),
    ],
    "add-team-data": [addTeamData(OWN_TEAM, files), useStoreKey("EncryptThroughS3", files, ["kms:GenerateDataKey"])],
  };
  for (const role of [...OF_ALL, ...OF_TEAMS]) {
    const statements = role === "data-scientist" || role === "ml-engineer" ? ofTeam : ofEverybody;
    const allowed = Object.entries(statements).filter(([action]) => may(role, action as ActionName, context.profile.name));
    new aws.iam.Policy(
      `people-${role}`,
      {
        name: `${place.prefix}-people-${role}`,
        description: `What people with the role ${role} may do in AWS (docs/access.md)`,
        policy: policyDocument(allowed.flatMap(([, each]) => each)),
      },
      { provider: guarded },
    );
  }
}
