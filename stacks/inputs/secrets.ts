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

/**
 * Secrets that a layer also takes, and runs without.
 *
 * `heartbeat` is the address of a dead-man switch: it raises the alarm when it hears nothing for some minutes. An address that pages
 * people would page them every minute.
 */
export const OPTIONAL_SECRETS = { foundation: [], platform: ["heartbeat"], workloads: [] } as const satisfies Record<
  Layer,
  readonly string[]
>;

/** What it means that an optional secret is not set. */
export const WITHOUT = { heartbeat: "nobody hears when monitoring itself is down" } as const satisfies Record<
  (typeof OPTIONAL_SECRETS)[Layer][number],
  string
>;

/** The form of every secret so far. Their values are never shown. */
const WEB_ADDRESS = /^https:\/\/\S+$/;

/**
 * What is wrong with the secrets of a layer, one sentence each. No sentence contains a value.
 *
 * @param isMeant whether another key is there that is this one, misspelt.
 */
export function secretProblems(
  layer: Layer,
  environment: EnvironmentName,
  config: Record<string, unknown>,
  isMeant: (key: string) => boolean,
): string[] {
  const missing = SECRETS[layer].filter((key) => !(key in config) && !isMeant(key));
  const given = [...SECRETS[layer], ...OPTIONAL_SECRETS[layer]].filter((key) => key in config);
  return [
    ...missing.map((key) => {
      const command = `pulumi config set --secret millrace:${key} -s ${layer}-${environment}`;
      return `millrace:${key} must be set, got nothing: ${command} (it asks for the value)`;
    }),
    ...given.flatMap((key) => problemOf(key, config[key])),
    ...sharedAddress(config),
  ];
}

function problemOf(key: string, value: unknown): string[] {
  if (!isSecret(key)) {
    return [`millrace:${key} must be secret, got plain text: set it again with --secret`];
  }
  return WEB_ADDRESS.test(String(value))
    ? []
    : [`millrace:${key} must be a web address that begins with https://, got something else: set it again`];
}

/** The heartbeat is sent every minute: no person may be at its end. */
const sharedAddress = ({ alertWebhook, heartbeat }: Record<string, unknown>): string[] =>
  heartbeat !== undefined && heartbeat === alertWebhook
    ? [
        "millrace:heartbeat must be another address than millrace:alertWebhook, got the same: it is sent every minute, set it to a dead-man switch or remove it",
      ]
    : [];

/** Secrets by their key; a layer has its own. */
export type Secrets = Partial<Record<(typeof SECRETS | typeof OPTIONAL_SECRETS)[Layer][number], pulumi.Output<string>>>;

/** The secrets of a layer that are set. They stay secret in the state. */
export function secretsOf(layer: Layer): Secrets {
  const config = new pulumi.Config("millrace");
  const values = [...SECRETS[layer], ...OPTIONAL_SECRETS[layer]].map((key) => [key, config.getSecret(key)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** Whether a key of the stack config was set as a secret. The SDK knows, but its types do not say so. */
export const isSecret = (key: string): boolean =>
  (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(`millrace:${key}`);
