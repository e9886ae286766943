// What the environments of a promotion share: a repository with releases, a ledger, people with keys, and a model store for each environment.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT_FOLDER } from "#engine/project";
import { SETTINGS, type Settings } from "#promotion/settings";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { readRelease } from "#stacks/inputs/release";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import { FORMS } from "#stacks/inputs/releases/read";
import type { ModelRelease, Signers } from "#stacks/inputs/releases/schema";
import { mirrorIn } from "../charts/mirror.ts";
import type { Trained, Version } from "../model-store/train.ts";
import { MODEL } from "../models.ts";
import { trainedAs } from "../phases/models.ts";
import { Repository } from "./repository.ts";
import { storeVersion } from "./versions.ts";

/** People of a story. The first one works in the repository and signs releases; the others approve. */
export const PEOPLE = ["ada", "ben", "cleo"] as const;
export type Person = (typeof PEOPLE)[number];

const addressOf = (person: Person): string => `${person}@example.com`;

/** Secrets that a job of CI has in its variables, and which some command of a promotion takes. */
const JOB_SECRETS = [
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "COMMENT_TOKEN",
  "GITHUB_TOKEN",
  "GITLAB_TOKEN",
  "PULUMI_ACCESS_TOKEN",
] as const;

/** Variables with the secrets of a job, made up: what is found in plain text later was leaked by us. */
export const jobSecrets = (shared: Shared): Record<string, string> => JSON.parse(readFileSync(shared.jobSecrets, "utf8"));

/** Variables with which Git, and whoever asks it, takes a command as that of another person. */
export const as = (person: Person): Record<string, string> => ({
  GIT_CONFIG_COUNT: "2",
  GIT_CONFIG_KEY_0: "user.name",
  GIT_CONFIG_VALUE_0: person,
  GIT_CONFIG_KEY_1: "user.email",
  GIT_CONFIG_VALUE_1: addressOf(person),
});

/** Runs `npx millrace` with these words in the repository. @throws {Error} when it does not end with 0. */
export type Millrace = (...words: string[]) => Promise<void>;

/** Trains versions into a store of models. */
export type Train = (store: string, versions: readonly Version[]) => Promise<Trained[]>;

/** Folder of a promotion. */
export interface Shared {
  folder: string;
  /** Root of the repository, and its command line, which is the one of a story. */
  repository: string;
  cli: string;
  /** Folder of the ledger. */
  ledger: string;
  /** Private key of a person. */
  keyOf: (person: Person) => string;
  /** Variables with the secrets of a job of CI, as JSON. */
  jobSecrets: string;
  /** Folder with every version that is trained for the story. */
  trained: string;
  /** Folder with the models of an environment. */
  store: (environment: EnvironmentName) => string;
}

export function sharedIn(folder: string): Shared {
  const repository = join(folder, "repository");
  return {
    folder,
    repository,
    cli: join(repository, "cli", "millrace.mjs"),
    ledger: join(folder, "ledger"),
    keyOf: (person) => join(folder, "keys", `${person}.pem`),
    jobSecrets: join(folder, "keys", "job.json"),
    trained: join(folder, "trained"),
    store: (environment) => join(folder, "stores", environment),
  };
}

/** The repository of a promotion, and what a person does in it. */
export class Workplace {
  readonly shared: Shared;
  readonly repository: Repository;
  /** Models that every environment runs at the beginning, by their name. */
  readonly models: Readonly<Record<string, ModelRelease>>;
  /** Platform release that every environment runs at the beginning. */
  readonly platform = "2026.11.21-1";
  readonly #trained: readonly Trained[];

  private constructor(shared: Shared, repository: Repository, models: Workplace["models"], trained: readonly Trained[]) {
    this.shared = shared;
    this.repository = repository;
    this.models = models;
    this.#trained = trained;
  }

  /**
   * Makes it in a folder that is emptied before. The history of the releases begins anew: the program that is here as a platform release, and
   * each model that dev runs here in the same version, trained anew. Every environment runs these.
   *
   * @param home folder that is no part of the program.
   */
  static async begin(shared: Shared, home: string, millrace: Millrace, train: Train): Promise<Workplace> {
    const { folder } = shared;
    rmSync(folder, { recursive: true, force: true });
    const repository = Repository.of(shared.repository, PROJECT_FOLDER, { name: PEOPLE[0], email: addressOf(PEOPLE[0]) }, [
      home,
      join(PROJECT_FOLDER, RELEASES),
    ]);
    linkIgnored(shared.repository);
    const { models } = readRelease("dev");
    const workplace = new Workplace(shared, repository, models, await train(shared.trained, versionsOfStory(models)));
    workplace.#beginReleases();
    for (const store of [shared.ledger, ...ENVIRONMENTS.map(shared.store)]) {
      mkdirSync(store, { recursive: true });
    }
    await millrace(...workplace.platformRelease(workplace.platform));
    for (const { model, version } of Object.values(workplace.models)) {
      await millrace(...workplace.modelRelease(model, version));
      ENVIRONMENTS.forEach((environment) => storeVersion(shared.trained, shared.store(environment), { model, version }));
    }
    workplace.#pointAll();
    repository.commit("What every environment runs");
    return workplace;
  }

  /** Words that release a version of a model: `npx millrace release create model …`. Its files are in dev's store afterwards. */
  modelRelease(model: string, version: string, metrics: object = {}): string[] {
    const { shared, models } = this;
    const { code, features, image, runtime, metrics: before } = models[model]!;
    const { data, run, sha256 } = trainedAs(this.#trained, model, version);
    const author = PEOPLE[0];
    const record = join(shared.folder, "records", `${model}-${version}.json`);
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(
      record,
      JSON.stringify({ author, code, data, features, image, run, runtime, metrics: { ...before, ...metrics }, sha256 }),
    );
    storeVersion(shared.trained, shared.store("dev"), { model, version });
    return [
      "release",
      "create",
      "model",
      model,
      "--version",
      version,
      "--from",
      record,
      "--sign-key",
      shared.keyOf(PEOPLE[0]),
      "--yes",
    ];
  }

  /** Words that release the program that is committed. */
  platformRelease(id: string): string[] {
    return [
      "release",
      "create",
      "platform",
      "--id",
      id,
      "--author",
      PEOPLE[0],
      "--sign-key",
      this.shared.keyOf(PEOPLE[0]),
      "--yes",
    ];
  }

  /** Nothing is promoted for a while. @returns what ends it. */
  freeze(freeze: Settings["freezes"][number]): () => void {
    const file = join(this.repository.folder, FILES.promotion);
    const settings = settingsOf(this.shared);
    const set = (freezes: Settings["freezes"], what: string): void => {
      writeFileSync(file, SETTINGS.textFor({ ...settings, freezes }));
      // By itself: who approves must be settled before what is approved.
      this.repository.commit(what);
    };
    set([freeze], `A freeze: ${freeze.reason}`);
    return () => set([], "The freeze is over");
  }

  /** Nobody has the files or the keys of the releases that are here. */
  #beginReleases(): void {
    const { repository, shared } = this;
    mkdirSync(join(repository.folder, RELEASES));
    mkdirSync(dirname(shared.keyOf("ada")));
    const ofJob = JOB_SECRETS.map((name) => [name, `marked-${randomBytes(12).toString("hex")}`]);
    writeFileSync(shared.jobSecrets, JSON.stringify(Object.fromEntries(ofJob)), { mode: 0o600 });
    const signers = Object.fromEntries(PEOPLE.map((person) => [person, this.#signer(person)]));
    writeFileSync(join(repository.folder, FILES.signers), FORMS.signers.textFor(signers));
    writeFileSync(join(repository.folder, FILES.promotion), SETTINGS.textFor(settingsOf(shared)));
  }

  /** Makes the key of a person. @returns what others know of it. */
  #signer(person: Person): Signers[string] {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    writeFileSync(this.shared.keyOf(person), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    return { kind: "key", may: ["models", "platform"], publicKey: String(publicKey.export({ type: "spki", format: "pem" })) };
  }

  #pointAll(): void {
    const models = Object.fromEntries(Object.values(this.models).map(({ model, version }) => [model, version]));
    const text = FORMS.pointer.textFor({ platform: this.platform, models });
    const write = (file: string, content: string): void => {
      const path = join(this.repository.folder, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    };
    for (const environment of ENVIRONMENTS) {
      write(FILES.pointer(environment), text);
      write(FILES.stable(environment), canonicalText({}));
    }
  }
}

/** What every environment runs at the beginning, and later versions of the model that the story is about: the second one is bad. */
function versionsOfStory(models: Workplace["models"]): Version[] {
  const first = Object.values(models).map(({ model, version }) => ({ model, version }));
  const later = [1, 2, 3, 4].map((after) => String(Number(models[MODEL]!.version) + after));
  return [
    ...first,
    ...later.map((version, index): Version => ({ model: MODEL, version, ...(index === 1 && { fault: "errors" }) })),
  ];
}

/** Who approves, and where the ledger and the models lie. */
function settingsOf({ ledger, store }: Shared): Settings {
  const [, ...approvers] = PEOPLE;
  const all = { models: approvers, platform: approvers };
  const stores = ENVIRONMENTS.map((environment) => [environment, { models: pathToFileURL(store(environment)).href }]);
  return {
    approvers: { dev: all, staging: all, prod: all },
    freezes: [],
    ledger: pathToFileURL(ledger).href,
    people: Object.fromEntries(PEOPLE.map((person) => [person, { authors: [person, addressOf(person)], key: person }])),
    stores: Object.fromEntries(stores),
  };
}

/** What the program needs and no repository holds: its packages, and archives of charts. */
function linkIgnored(repository: string): void {
  const mirrors = ENVIRONMENTS.map(mirrorIn).flatMap((mirror) => (mirror.kind === "folder" ? [mirror.folder] : []));
  for (const path of new Set([join(PROJECT_FOLDER, "node_modules"), ...mirrors])) {
    const link = path.replace(PROJECT_FOLDER, repository);
    if (!existsSync(link)) {
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(path, link);
      appendFileSync(join(repository, ".git", "info", "exclude"), `/${relative(repository, link)}\n`);
    }
  }
}
