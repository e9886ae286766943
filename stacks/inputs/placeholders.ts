import * as pulumi from "@pulumi/pulumi";
import type { Layer } from "../contracts.ts";
import type { EnvironmentName } from "./environments/profile.ts";
import { FILES } from "./files.ts";
import { isSecret } from "./secrets.ts";

/** Variable that a rehearsal sets for the programs that it runs: its account is made up too. */
const REHEARSAL = "MILLRACE_REHEARSAL_ENDPOINT";

/** Values that are written into examples and exist nowhere. */
const MADE_UP: readonly RegExp[] = [
  // Accounts: one digit twelve times, or the digits in a row.
  /(?<!\d)((\d)\2{11}|123456789012|012345678901|210987654321)(?!\d)/,
  // Digests: a real one has no long run of one digit, and no part that repeats.
  /(?<![0-9a-f])(?=[0-9a-f]{64}(?![0-9a-f]))([0-9a-f]*([0-9a-f])\2{15}|([0-9a-f]{1,32})\3+(?![0-9a-f]))/,
  // Ids of keys, connections and certificates: every group is one digit, or the first is the digits in a row.
  /(?<![0-9a-f])((([0-9a-f])\3{7})(-([0-9a-f])\5{3}){3}-([0-9a-f])\6{11}|12345678(-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f])/,
  // Hosts and networks that nobody owns (RFC 2606, RFC 6761, RFC 5737), and names that say what they are.
  /(?<![a-z0-9])example(?![a-z0-9])|\.(invalid|test)(?![\w-])/i,
  /(?<!\d)(192\.0\.2|198\.51\.100|203\.0\.113)\.\d/,
  /(?<![a-z0-9])(change-?me|placeholder|todo|fixme|your-[a-z]+)(?![a-z0-9])|<[a-z][^>]*>/i,
];

/** A value of the stack config that stands for one of the user's own. */
export interface Placeholder {
  /** Key without its namespace, with the path inside it: `owners.roles.0`. */
  key: string;
  value: string;
}

/** The placeholders in a stack config, full key → text. Secrets are not looked at. */
export const placeholdersIn = (config: Readonly<Record<string, string>>, secretKeys: readonly string[] = []): Placeholder[] =>
  Object.entries(config)
    .filter(([key]) => key.startsWith("millrace:") && !secretKeys.includes(key))
    .flatMap(([key, text]) => within(key.slice("millrace:".length), parsed(text)));

function within(key: string, value: unknown): Placeholder[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => within(`${key}.${name}`, inner));
  }
  return MADE_UP.some((form) => form.test(String(value))) ? [{ key, value: String(value) }] : [];
}

/** Text that is no JSON is refused where the settings are read. */
function parsed(text: string): unknown {
  try {
    return /^[[{]/.test(text) ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}

/** What a plan and a preview say about placeholders: one sentence with their keys, without the path inside; nothing without any. */
export function placeholderNotes(file: string, placeholders: readonly Placeholder[]): string[] {
  const keys = new Set(placeholders.map(({ key }) => `millrace:${key.split(".")[0]}`));
  return keys.size === 0 ? [] : [`${file}: placeholder: replace before \`pulumi up\`: ${[...keys].join(", ")}`];
}

/**
 * Refuses placeholders where resources are about to be made in a real account; says them in a preview and in a rehearsal.
 *
 * @throws {pulumi.RunError} listing every placeholder in the config of the running stack.
 */
export function refusePlaceholders(layer: Layer, environment: EnvironmentName): void {
  const file = FILES.config(layer, environment);
  const config = pulumi.runtime.allConfig();
  const found = placeholdersIn(
    config,
    Object.keys(config).filter((key) => isSecret(key.slice("millrace:".length))),
  );
  if (found.length > 0 && !pulumi.runtime.isDryRun() && process.env[REHEARSAL] === undefined) {
    throw new pulumi.RunError(
      found
        .map(
          ({ key, value }) =>
            `${file}: millrace:${key} must be a value of your own, got the placeholder '${value}': docs/guides/aws.md says what goes there`,
        )
        .join("\n"),
    );
  }
  for (const note of placeholderNotes(file, found)) {
    void pulumi.log.warn(note);
  }
}
