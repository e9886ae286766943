import * as pulumi from "@pulumi/pulumi";
import type { Layer } from "../contracts.ts";
import { pathOf } from "../wording.ts";
import type { EnvironmentName } from "./environments/profile.ts";
import { FILES } from "./files.ts";
import { jsonOf } from "./json-fault.ts";
import { type Release, readRelease } from "./release.ts";
import { isSecret } from "./secrets.ts";

/** Variable that a rehearsal sets for the programs that it runs: its account is made up too. */
const REHEARSAL = "MILLRACE_REHEARSAL_ENDPOINT";

/** Values that are written into examples and exist nowhere, with what makes one known. */
const MADE_UP: readonly { form: RegExp; why: string }[] = [
  // Digits in three runs of four (AWS's guides have 111122223333), or the digits in a row.
  {
    form: /(?<!\d)((\d)\2{3}(\d)\3{3}(\d)\4{3}|123456789012|012345678901|012345678910|210987654321)(?!\d)/,
    why: "account of examples",
  },
  // A real one has no long run of one digit, and no part that repeats.
  {
    form: /(?<![0-9a-f])(?=[0-9a-f]{64}(?![0-9a-f]))([0-9a-f]*([0-9a-f])\2{15}|([0-9a-f]{1,32})\3+(?![0-9a-f]))/,
    why: "digest that nothing has",
  },
  {
    form: /eb08aebbc0870d645dc7722cb6f634966b7e242a8a54349c8226d986c4b7f468|52fe594d443481d68b5ceabebf6238425c04e3a5386b54904a4e6b2e8bdbb112/,
    why: "digest of this repository's example release, in no store and no registry",
  },
  // Keys, connections, certificates: every group is one digit, or the first is the digits in a row (AWS's guides have 1234abcd-12ab-…).
  {
    form: /(?<![0-9a-f])((([0-9a-f])\3{7})(-([0-9a-f])\5{3}){3}-([0-9a-f])\6{11}|(12345678|1234abcd|a1b2c3d4)(-[0-9a-f]{4}){3}-[\da-z]{12})(?![0-9a-f])/i,
    why: "id of examples",
  },
  // RFC 2606, RFC 6761
  { form: /(?<![a-z0-9])example(?![a-z])|\.(invalid|test)(?![\w-])/i, why: "name of examples" },
  // RFC 5737
  { form: /(?<!\d)(192\.0\.2|198\.51\.100|203\.0\.113)\.\d/, why: "network of examples" },
  {
    form: /(?<![a-z0-9])(change-?me|placeholder|todo|fixme|your-[a-z]+)(?![a-z0-9])|<[a-z][^>]*>/i,
    why: "word that stands for a value",
  },
];

/** A value of the stack config or of the release that stands for one of the user's own. */
export interface Placeholder {
  /** Key without its namespace, with the path inside it: `owners.roles[0]`; path in the model release. */
  key: string;
  value: string;
  /** What makes it known as made up. */
  why: string;
}

/** The placeholders in a stack config, full key → text. Secrets are not looked at. */
export const placeholdersIn = (config: Readonly<Record<string, string>>, secretKeys: readonly string[] = []): Placeholder[] =>
  Object.entries(config)
    .filter(([key]) => key.startsWith("millrace:") && !secretKeys.includes(key))
    .flatMap(([key, text]) => within([key.slice("millrace:".length)], parsed(text)));

/** The placeholders in what an environment is to serve, with the file that has them. */
export const placeholdersOf = ({ models }: Pick<Release, "models">): (Placeholder & { file: string })[] =>
  Object.values(models).flatMap(({ model, version, path, sha256, image, fetcher }) =>
    within([], { image, path, sha256, fetcher }).map((found) => ({ ...found, file: FILES.modelRelease(model, version) })),
  );

function within(path: readonly (string | number)[], value: unknown): Placeholder[] {
  if (Array.isArray(value)) {
    return value.flatMap((inner, at) => within([...path, at], inner));
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => within([...path, name], inner));
  }
  const why = MADE_UP.find(({ form }) => form.test(String(value)))?.why;
  return why === undefined ? [] : [{ key: pathOf(path), value: String(value), why }];
}

/** Text that is no JSON is refused where the settings are read. */
function parsed(text: string): unknown {
  try {
    return /^[[{]/.test(text) ? jsonOf(text) : text;
  } catch {
    return text;
  }
}

/** What a plan and a preview say about the placeholders of a config: a sentence for each reason, with the paths; nothing without any. */
export const placeholderNotes = (file: string, placeholders: readonly Placeholder[]): string[] =>
  notes(
    file,
    placeholders.map(({ key, why }) => ({ key: `millrace:${key}`, why })),
  );

/** The same about the release of an environment. */
export const releaseNotes = (release: Pick<Release, "models">): string[] =>
  [...Map.groupBy(placeholdersOf(release), ({ file }) => file)].flatMap(([file, own]) => notes(file, own));

const notes = (file: string, placeholders: readonly Pick<Placeholder, "key" | "why">[]): string[] =>
  [...Map.groupBy(placeholders, ({ why }) => why)].map(([why, own]) => {
    const keys = [...new Set(own.map(({ key }) => key))];
    return `${file}: placeholder: replace before \`pulumi up\`: ${keys.join(", ")} (${why})`;
  });

/**
 * Refuses placeholders where resources are about to be made in a real account; says them in a preview and in a rehearsal. Only the
 * workloads layer reads the release.
 *
 * @throws {pulumi.RunError} listing every placeholder in the config of the running stack and in its release.
 */
export function refusePlaceholders(layer: Layer, environment: EnvironmentName): void {
  const file = FILES.config(layer, environment);
  const config = pulumi.runtime.allConfig();
  const release = layer === "workloads" ? readRelease(environment) : undefined;
  const configured = placeholdersIn(
    config,
    Object.keys(config).filter((key) => isSecret(key.slice("millrace:".length))),
  );
  const found = [
    ...configured.map(({ key, ...rest }) => ({ place: `${file}: millrace:${key}`, ...rest, guide: "docs/guides/aws.md" })),
    ...(release === undefined
      ? []
      : placeholdersOf(release).map(({ file: own, key, ...rest }) => ({
          place: `${own}: ${key}`,
          ...rest,
          guide: "docs/guides/release.md",
        }))),
  ];
  if (found.length > 0 && !pulumi.runtime.isDryRun() && process.env[REHEARSAL] === undefined) {
    throw new pulumi.RunError(
      found
        .map(
          ({ place, value, why, guide }) =>
            `${place} must be a value of your own, got the placeholder '${value}' (${why}): ${guide} says what goes there`,
        )
        .join("\n"),
    );
  }
  for (const text of [...placeholderNotes(file, configured), ...(release === undefined ? [] : releaseNotes(release))]) {
    void pulumi.log.warn(text);
  }
}
