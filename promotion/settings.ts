import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import { type Form, folderOfReleases, readFileOf } from "#stacks/inputs/releases/read";
import { line, type Signers, subjectPattern, time } from "#stacks/inputs/releases/schema";
import { shown, suggestion } from "#stacks/wording";
import { readSigners } from "./releases/signatures.ts";

const name = z.string().regex(/^[a-z][a-z0-9-]{0,38}$/, { error: "must be a name in small letters, digits and -, such as ada" });

const person = z.strictObject({
  /** Names and addresses under which the person releases and works in Git. */
  authors: z.array(line).min(1, { error: "must be a list with at least one name or address" }),
  /** User of GitHub. */
  github: z.optional(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}(\[bot\])?$/, { error: "must be the login of a user of GitHub" }),
  ),
  /** User of GitLab. */
  gitlab: z.optional(z.string().regex(/^[\w][\w.-]{0,254}$/, { error: "must be the username of a user of GitLab" })),
  /** Name of the person's key in `releases/signers.json`. */
  key: z.optional(line),
});

/** People by what they may approve. Of several patterns that mean a subject, the narrowest decides alone. */
const approvers = z.record(subjectPattern, z.array(z.string()).min(1, { error: "must be a list with at least one person" }));

const freeze = z.strictObject({
  /** Environments that do not change. */
  environments: z
    .array(z.enum(ENVIRONMENTS, { error: `must be an environment (${ENVIRONMENTS.join(", ")})` }))
    .min(1, { error: "must be a list with at least one environment" }),
  from: time,
  /** What does not change. @default - everything */
  subjects: z.optional(
    z.array(subjectPattern).min(1, { error: "must be a list with at least one subject; left out, it is all" }),
  ),
  reason: line,
  /** When changes are allowed again. */
  until: time,
});

const store = z.strictObject({
  /** Registry of the images, such as `111111111111.dkr.ecr.eu-north-1.amazonaws.com/millrace-dev`. @default - images are not copied */
  images: z.optional(
    z.string().regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/, { error: "must be a registry and a path, without https://" }),
  ),
  /** Store of the models. */
  models: z
    .string()
    .regex(/^(file:\/\/\/|s3:\/\/)[^\s]+$/, { error: "must be s3://<bucket>/<prefix>?region=<region>, or file:///<folder>" }),
});

const server = z.string().regex(/^(https:\/\/[a-z0-9.-]+|http:\/\/(localhost|127\.0\.0\.1))(:\d+)?$/, {
  error: "must be the address of a tracking server, https://<host>, without a path",
});

const settings = z.strictObject({
  /** Who may approve what, in each environment. */
  approvers: z.strictObject({ dev: z.optional(approvers), staging: z.optional(approvers), prod: z.optional(approvers) }),
  /** Times in which nothing is promoted. */
  /** Address of the interface of a GitHub or GitLab of one's own, whose reviews count. @default - that of github.com or gitlab.com */
  forge: z.optional(
    z.string().regex(/^https?:\/\/[^\s?#@]+[^\s?#@/]$/, {
      error: "must be the address of an interface, such as https://git.example.com/api/v4",
    }),
  ),
  freezes: z.array(freeze),
  /** Where the records of the environments are kept. @default - it is named when a command is typed */
  ledger: z.optional(
    z.string().regex(/^(file:\/\/\/[^?#\s]+|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[^?#\s]*)?(\?[\w=&.-]*)?)$/, {
      error: "must be file:///<folder>, or s3://<bucket>/<prefix>?region=<region>",
    }),
  ),
  people: z.record(name, person),
  /** Address of each environment's tracking server, whose registry a promotion tells what is stable there. @default - no registry is told */
  registries: z.optional(z.strictObject({ dev: z.optional(server), staging: z.optional(server), prod: z.optional(server) })),
  /** Where the models and images of each environment lie: a promotion copies them from the environment before. @default - no model is promoted */
  stores: z.optional(z.strictObject({ dev: z.optional(store), staging: z.optional(store), prod: z.optional(store) })),
});

/** Who is who, who may approve what, and when nothing changes. */
export type Settings = z.infer<typeof settings>;

export const SETTINGS: Form<Settings> = {
  schema: settings,
  textFor: canonicalText,
  missing:
    'must be a file that says who approves and when nothing changes, got nothing: write {"approvers": {}, "freezes": [], "people": {}}',
};

/** @throws {pulumi.RunError} when the file is missing, has another content or form, or names somebody or something that there is not. */
export function readSettings(folder = folderOfReleases()): Settings {
  const read = readFileOf(FILES.promotion, SETTINGS, folder);
  const problems = [
    ...ofPeople(read, readSigners(folder).signers),
    ...ofApprovers(read),
    ...read.freezes.flatMap((each, at) => ofFreeze(each, `freezes[${at}]`)),
  ];
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${FILES.promotion}: ${problem}`).join("\n"));
  }
  return read;
}

/** Nobody is two people: one person would approve twice. */
function ofPeople({ people }: Settings, signers: Signers): string[] {
  const owners = new Map<string, string>();
  return Object.entries(people).flatMap(([own, { authors, key, github, gitlab }]) => {
    const accounts = [
      ...authors.map((each, at) => [`authors[${at}]`, `author ${each}`, each] as const),
      ...Object.entries({ github, gitlab, key }).flatMap(([kind, each]) =>
        each === undefined ? [] : [[kind, `${kind} ${each}`, each] as const],
      ),
    ];
    return accounts
      .flatMap(([at, account, value]) => {
        const id = account.toLowerCase();
        const owner = owners.get(id);
        owners.set(id, own);
        return owner === undefined
          ? []
          : [`${at} must be nobody else's, got ${shown(value)}, which ${owner} has: name it once, for the one whose it is`];
      })
      .concat(key === undefined ? [] : ofKey(key, signers))
      .map((problem) => `people.${own}.${problem}`);
  });
}

function ofKey(key: string, signers: Signers): string[] {
  const names = Object.keys(signers).filter((each) => signers[each]!.kind === "key");
  return names.includes(key)
    ? []
    : [
        `key must be somebody with a key in ${FILES.signers} (${names.join(", ") || "nobody yet"}), got ${shown(key)}${suggestion(key, names) || ": add it there first"}`,
      ];
}

function ofApprovers({ approvers: all, people }: Settings): string[] {
  const names = Object.keys(people);
  return Object.entries(all).flatMap(([environment, patterns]) =>
    Object.entries(patterns ?? {}).flatMap(([pattern, list]) => [
      ...ofPattern(pattern, `approvers.${environment}.${pattern} must be`),
      ...list.flatMap((each, at) => {
        const place = `approvers.${environment}.${pattern}[${at}] must be`;
        return names.includes(each)
          ? list.indexOf(each) === at
            ? []
            : [`${place} named once, got ${shown(each)} again: remove one of the two`]
          : [
              `${place} one of people (${names.join(", ") || "nobody yet"}), got ${shown(each)}${suggestion(each, names) || ": add it to people first"}`,
            ];
      }),
    ]),
  );
}

function ofFreeze({ environments, from, until, subjects = [] }: Settings["freezes"][number], place: string): string[] {
  const lists = { environments, subjects };
  return [
    ...(from < until
      ? []
      : [`${place}.until must be later than from, '${from}', got '${until}': swap the two, or remove the freeze`]),
    ...Object.entries(lists).flatMap(([key, list]) =>
      list.flatMap((each, at) =>
        (list as readonly string[]).indexOf(each) === at
          ? []
          : [`${place}.${key}[${at}] must be named once, got '${each}' again: remove one of the two`],
      ),
    ),
    ...subjects.flatMap((each, at) => ofPattern(each, `${place}.subjects[${at}] must be`)),
  ];
}

function ofPattern(pattern: string, place: string): string[] {
  const [, model] = /^models\/(.+)$/.exec(pattern) ?? [];
  const known = Object.keys(models);
  return model === undefined || known.includes(model)
    ? []
    : [
        `${place} of a model of ${FILES.models} (${known.join(", ")}), got ${shown(model)}${suggestion(model, known) || ": add it there, or remove this"}`,
      ];
}

/** Who may approve a change, by the narrowest pattern that means it; nobody where none does. */
export function approversOf(
  { approvers: all }: Settings,
  environment: keyof Settings["approvers"],
  subject: string,
): readonly string[] {
  const own = all[environment] ?? {};
  return own[subject] ?? (subject.startsWith("models/") ? own["models"] : undefined) ?? [];
}
