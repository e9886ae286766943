import * as pulumi from "@pulumi/pulumi";
import type { Layer } from "../contracts.ts";
import type { EnvironmentName } from "./environments/profile.ts";

/**
 * Keys that a layer reads as secrets, without their namespace. A person sets each once in every environment:
 * `pulumi config set --secret millrace:<key> -s <layer>-<environment>`.
 *
 * `alertWebhook` is the address that pages a human: whoever knows it can silence or flood the pager.
 */
export const SECRETS = { foundation: [], platform: ["alertWebhook"], workloads: [] } as const satisfies Record<
  Layer,
  readonly string[]
>;

/** The form of every secret so far. Their values are never shown. */
const WEB_ADDRESS = /^https:\/\/\S+$/;

/** What is wrong with the secrets of a layer, one sentence each. No sentence contains a value. */
export function secretProblems(layer: Layer, environment: EnvironmentName, config: Record<string, unknown>): string[] {
  return SECRETS[layer].flatMap((key) => {
    if (!(key in config)) {
      const command = `pulumi config set --secret millrace:${key} -s ${layer}-${environment}`;
      return [`millrace:${key} must be set, got nothing: ${command} (it asks for the value)`];
    }
    if (!isSecret(key)) {
      return [`millrace:${key} must be secret, got plain text: set it again with --secret`];
    }
    return WEB_ADDRESS.test(String(config[key]))
      ? []
      : [`millrace:${key} must be a web address that begins with https://, got something else: set it again`];
  });
}

/** Secrets by their key; a layer has its own. */
export type Secrets = Partial<Record<(typeof SECRETS)[Layer][number], pulumi.Output<string>>>;

/** The secrets of a layer. They stay secret in the state. */
export const secretsOf = (layer: Layer): Secrets =>
  Object.fromEntries(SECRETS[layer].map((key) => [key, new pulumi.Config("millrace").requireSecret(key)]));

/** Whether a key of the stack config was set as a secret. The SDK knows, but its types do not say so. */
export const isSecret = (key: string): boolean =>
  (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(`millrace:${key}`);
