import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CiRoles } from "#components/ci/ci-roles";
import type { PulumiState } from "#components/ci/ci-state";
import { Publishers } from "#components/ci/publishers";
import { githubProviderArn } from "#components/ci/trust";
import { LinkedRole } from "#components/identity/linked-role";
import { RoleBoundary, roleBoundaryArn } from "#components/identity/role-boundary";
import type { Context } from "../context.ts";
import { type FoundationOutputs, LAYERS, type Promised } from "../contracts.ts";
import { ENVIRONMENTS } from "../inputs/environments/profile.ts";
import { DOMAIN, ownTagsOf, prefixOf } from "../names.ts";
import type { Keys } from "./keys.ts";
import { MODELS_FOLDER, type Stores } from "./stores.ts";

/** Buckets whose rules CI may not change: what was asked about people, and who did what. */
const GUARDED_STORES = ["predictions", "audit"] as const satisfies readonly (keyof Stores)[];

/** What publishers write to, and what makes the roles. */
interface Targets {
  stores: Stores;
  keys: Keys;
  /** Provider of what only a person changes. */
  guarded: aws.Provider;
  /** ARNs of our image repositories. */
  repositories: readonly pulumi.Input<string>[];
}

/** What only a person changes: the roles of CI, the boundaries, and the roles of the account. */
export function ciOf(context: Context, { stores, keys, repositories, guarded }: Targets): Promised<FoundationOutputs["roles"]> {
  const { profile, settings } = context;
  const { account, region, owners } = settings;
  const opts = { providers: [guarded] };
  const scope = {
    prefix: prefixOf(context),
    account,
    region,
    tags: ownTagsOf(context),
    connectionArn: settings.runner?.connection,
  };
  const repository = {
    repository: owners.repository,
    ...(owners.repositoryIds && { repositoryIds: owners.repositoryIds }),
  };

  new RoleBoundary(
    "role-boundary",
    { ...scope, closedStores: [...GUARDED_STORES, "logs"], kafkaClusterArn: settings.kafka?.clusterArn },
    opts,
  );
  const ci = new CiRoles(
    "ci",
    {
      ...scope,
      ...repository,
      environment: profile.name,
      roleBoundary: roleBoundaryArn(scope),
      // What may be thrown away may be looked at by every pull request; what is protected only after a review.
      pullRequests: !profile.protection.deletion,
      administrators: owners.roles,
      ...(settings.githubProvider === "exists" && { identityProviderArn: githubProviderArn(account) }),
      guardedStores: GUARDED_STORES,
      domain: DOMAIN,
      ...(settings.state && { state: stateOf(profile.name, settings.state) }),
      ...(settings.ledger && { ledger: { bucketArn: `arn:aws:s3:::${settings.ledger.bucket}`, keyArn: settings.ledger.key } }),
    },
    opts,
  );
  const next = ENVIRONMENTS[ENVIRONMENTS.indexOf(profile.name) + 1];
  const publishers = new Publishers(
    "publishers",
    {
      ...repository,
      identityProviderArn: ci.identityProviderArn,
      prefix: scope.prefix,
      environment: profile.name,
      ...(next && { next }),
      repositories,
      models: { bucketArn: stores.models.bucketArn, folder: MODELS_FOLDER, keyArn: keys.data.keyArn, region },
    },
    opts,
  );
  if (settings.spotRole !== "exists" && Object.values(profile.gpu).some(({ capacity }) => capacity.includes("spot"))) {
    new LinkedRole("spot-role", { service: "spot.amazonaws.com" }, opts);
  }

  return {
    plan: ci.planRoleArn,
    deploy: ci.deployRoleArn,
    images: publishers.imagesRoleArn,
    models: publishers.modelsRoleArn,
  };
}

const stateOf = (environment: string, { bucket, key }: { bucket: string; key: string }): PulumiState => ({
  bucketArn: `arn:aws:s3:::${bucket}`,
  keyArn: key,
  project: pulumi.getProject(),
  stacks: LAYERS.map((layer) => `${layer}-${environment}`),
});
