import * as pulumi from "@pulumi/pulumi";
import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { parseCidr } from "#components/network/cidr";
import type { Layer } from "./contracts.ts";
import type { Profile } from "./environments/profile.ts";

/** What only the account knows: everything that may stand in a stack config, parsed. */
export interface Settings {
  account: string;
  region: string;
  owners: {
    /** Roles whose people administer the cluster. */
    roles: string[];
    /** CIDRs from which a public Kubernetes API may be reached. */
    networks: string[];
    /** Repository whose CI may plan and deploy, `<organisation>/<name>` on GitHub. */
    repository: string;
  };
  /** Whom budgets and alerts write to. */
  contact: string;
  /** Address that pages a human. Secret: whoever knows it can silence or flood the pager. Read by the platform layer alone. */
  alertWebhook?: pulumi.Output<string>;
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

const networks = z.string().refine((cidr) => parseCidr(cidr) !== undefined && cidr !== "0.0.0.0/0", {
  error: "must be an IPv4 CIDR other than 0.0.0.0/0",
});

const schemaOf = ({ name, regions }: Profile) => ({
  account: z
    .string({ error: "must be the account's 12 digits, in quotes" })
    .regex(/^\d{12}$/, { error: "must be the account's 12 digits, in quotes" }),
  region: z.enum(regions as [string, ...string[]], { error: `must be a region where ${name} may run (${regions.join(", ")})` }),
  owners: z.strictObject(
    {
      roles: z
        .array(z.string().regex(ROLE_ARN, { error: "must be the ARN of an IAM role" }))
        .min(1, { error: "must name at least one IAM role" }),
      networks: z.array(networks),
      repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, { error: "must be `<organisation>/<repository>`" }),
    },
    { error: "must be an object with roles, networks and repository" },
  ),
  contact: z.email({ error: "must be an e-mail address" }),
});

const SECRETS: Record<Layer, readonly string[]> = { foundation: [], platform: ["alertWebhook"], workloads: [] };

/**
 * Reads and checks the stack config of the running stack.
 *
 * @throws {pulumi.RunError} listing every problem at once: file, key, rule, value, remedy.
 */
export function readSettings(layer: Layer, profile: Profile): Settings {
  const file = `stacks/config/Pulumi.${layer}-${profile.name}.yaml`;
  const schema = schemaOf(profile);
  const plain = plainValues();
  const secrets = SECRETS[layer];
  const known = [...Object.keys(schema), ...secrets];

  const parsed = z.object(schema).safeParse(plain);
  const problems = [
    ...Object.keys(plain)
      .filter((key) => !known.includes(key))
      .map((key) => `millrace:${key} must be a known key (${known.join(", ")})${suggestion(key, known)}`),
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => problem(issue, plain, profile))),
    ...secrets
      .filter((key) => !(key in plain))
      .map(
        (key) =>
          `millrace:${key} must be set, got nothing: pulumi config set --secret millrace:${key} <value> -s ${layer}-${profile.name}`,
      ),
    ...secrets
      .filter((key) => key in plain && !isSecret(key))
      .map((key) => `millrace:${key} must be secret, got plain text: set it again with --secret`),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new pulumi.RunError(problems.map((text) => `${file}: ${text}`).join("\n"));
  }
  if (profile.cluster.endpoint === "public-to-owners" && parsed.data.owners.networks.length === 0) {
    throw new pulumi.RunError(
      `${file}: millrace:owners.networks must name at least one CIDR where the Kubernetes API is public, got none`,
    );
  }
  return { ...parsed.data, ...Object.fromEntries(secrets.map((key) => [key, new pulumi.Config("millrace").requireSecret(key)])) };
}

/** Everything in our namespace; objects and lists travel as JSON text. */
function plainValues(): Record<string, unknown> {
  const prefix = "millrace:";
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, text]) => [key.slice(prefix.length), /^[[{]/.test(text) ? JSON.parse(text) : text]),
  );
}

/** The SDK knows, but its types do not say so. */
const isSecret = (key: string): boolean =>
  (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(`millrace:${key}`);

function problem(issue: z.core.$ZodIssue, plain: Record<string, unknown>, { regions }: Profile): string {
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], plain);
  const got =
    value === undefined ? "nothing" : `'${typeof value === "object" ? JSON.stringify(value) : String(value as string)}'`;
  const hint = issue.path[0] === "region" && typeof value === "string" ? suggestion(value, regions) : "";
  return `millrace:${issue.path.join(".")} ${issue.message}, got ${got}${hint}`;
}

/** "Did you mean" only where the guess is near; a wild guess is worse than none. */
function suggestion(word: string, words: readonly string[]): string {
  const best = closest(word, words);
  return distance(word, best) <= Math.max(2, word.length / 3) ? `. Did you mean '${best}'?` : "";
}
