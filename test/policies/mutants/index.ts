import { ACCESS } from "./access.ts";
import { ADMISSION } from "./admission.ts";
import { NETWORK } from "./aws-network.ts";
import { AWS_POLICIES } from "./aws-policies.ts";
import { CHARTS } from "./charts.ts";
import { CLUSTERS } from "./cluster.ts";
import { COPIES } from "./copies.ts";
import { COSTS } from "./costs.ts";
import { DATABASES } from "./databases.ts";
import { DUTIES } from "./duties.ts";
import { GRANTS } from "./grants.ts";
import { GUARDS } from "./guards.ts";
import { IDENTITY } from "./identities.ts";
import { IMAGES } from "./images.ts";
import { KEYS } from "./keys.ts";
import { LEAKS } from "./leaks.ts";
import { MEASUREMENTS } from "./measurements.ts";
import { MESH } from "./mesh.ts";
import { ALERTS } from "./monitoring.ts";
import type { StackMutant } from "./mutant.ts";
import { NEIGHBOURS } from "./neighbours.ts";
import { OPERATORS } from "./operators.ts";
import { OUTSIDE } from "./outside.ts";
import { PODS } from "./pods.ts";
import { POOLS } from "./pools.ts";
import { QUEUES } from "./queues.ts";
import { REACH } from "./reach.ts";
import { REGISTRIES } from "./registries.ts";
import { RELEASES } from "./releases.ts";
import { ROUTES } from "./routes.ts";
import { SCALED } from "./scalers.ts";
import { SECRETS } from "./secrets.ts";
import { SERVICES } from "./services.ts";
import { SPELLINGS } from "./spellings.ts";
import { SPENDING } from "./spending.ts";
import { STORES } from "./stores.ts";
import { SUPPLY } from "./supply.ts";
import { WAYS } from "./ways.ts";
import { WORKFLOWS } from "./workflows.ts";

/** Single changes of prod by what they are about. */
export const KINDS: Readonly<Record<string, readonly StackMutant[]>> = {
  releases: RELEASES,
  measurements: MEASUREMENTS,
  routes: ROUTES,
  mesh: MESH,
  admission: ADMISSION,
  "policies of AWS": AWS_POLICIES,
  identities: IDENTITY,
  grants: GRANTS,
  duties: DUTIES,
  "other accounts": OUTSIDE,
  "networks of AWS": NETWORK,
  "ways to the internet": WAYS,
  stores: STORES,
  "registries and builds": SUPPLY,
  "who starts builds": WORKFLOWS,
  "what is readable, and what is run": LEAKS,
  "public registries": REGISTRIES,
  "passwords, nodes and secrets of administrators": KEYS,
  "other services": SERVICES,
  databases: DATABASES,
  "the cluster": CLUSTERS,
  costs: COSTS,
  spending: SPENDING,
  pods: PODS,
  images: IMAGES,
  copies: COPIES,
  access: ACCESS,
  reach: REACH,
  queues: QUEUES,
  "guards of the queues": GUARDS,
  "jobs of operators": OPERATORS,
  "quotas and scalers": SCALED,
  pools: POOLS,
  charts: CHARTS,
  secrets: SECRETS,
  alerts: ALERTS,
  "other spellings": SPELLINGS,
  "other types": NEIGHBOURS,
};
