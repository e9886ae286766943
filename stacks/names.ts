import type { Context } from "./context.ts";
import { type EnvironmentName, prefixOfEnvironment } from "./inputs/environments/profile.ts";

/** Beginning of every AWS name of the environment, and the name of its cluster. */
export const prefixOf = ({ profile }: Context): string => prefixOfEnvironment(profile.name);

/** Name of the audit trail, which its key and its bucket must know before it is made. */
export const trailOf = (context: Context): string => `${prefixOf(context)}-audit`;

/** Name of the access host, by which people find it. */
export const accessHostOf = (context: Context): string => `${prefixOf(context)}-access`;

/** Name of the role for emergencies, and of the rule that watches it. */
export const breakGlassOf = (context: Context): string => `${prefixOf(context)}-break-glass`;

/** Identifier of the database in which MLflow keeps what it tracks. */
export const trackingDatabaseOf = (environment: EnvironmentName): string => `${prefixOfEnvironment(environment)}-tracking`;

/** Tags that everything of the environment carries, and nothing else in the account: keys are told apart by them. */
export const ownTagsOf = ({ profile }: Context): Record<string, string> => ({ project: "millrace", environment: profile.name });

/** Folder of the runbooks on the web; alerts link to `<folder>/<alert>.md`. */
export const runbooksOf = ({ settings }: Context): string =>
  `https://github.com/${settings.owners.repository}/blob/main/docs/runbooks`;

/** Cost center that the platform is booked on. */
const COST_CENTER = "ml-platform";

/** Tags on everything that can be tagged: who pays, who owns it, what breaks when it goes, who may see what is in it. */
export const tagsOf = (layer: string, context: Context): Record<string, string> => ({
  ...ownTagsOf(context),
  layer,
  owner: context.settings.contact,
  "managed-by": "pulumi",
  "cost-center": COST_CENTER,
  "data-classification": "internal",
});

/** Images that lie in our own registries, by short name. A release names one of the first kind. */
export const IMAGES = { models: ["model-server"], platform: ["mlflow", "feature-server"] } as const;

/** Private domain of the models and of the platform's pages. Only networks that know the environment's hosted zone resolve it. */
export const DOMAIN = "models.internal";

/** Names that the platform takes in the domain; no model may have them. */
export const PAGES = { tracking: `mlflow.${DOMAIN}`, dashboards: `grafana.${DOMAIN}` } as const;
