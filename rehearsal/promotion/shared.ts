// What the environments of a promotion share: a repository with releases, a ledger, a key to sign with, and a model store for each of them.

import { generateKeyPairSync } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { readRelease } from "#stacks/inputs/release";
import { FORMS } from "#stacks/inputs/releases/read";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import { mirrorIn } from "../charts/mirror.ts";
import { AUTHOR, Repository } from "./repository.ts";
import { digestOfVersion, storeVersion } from "./versions.ts";

/** Name of the key's owner in `releases/signers.json`. */
const SIGNER = "ada";

/** Runs `npx millrace` with these words in the repository. @throws {Error} when it does not end with 0. */
export type Millrace = (...words: string[]) => Promise<void>;

/** Folder of a promotion. */
export interface Shared {
  folder: string;
  /** Root of the repository, and its command line, which is the one of a story. */
  repository: string;
  cli: string;
  /** Folder of the ledger. */
  ledger: string;
  /** Private key of a person who may sign releases. */
  key: string;
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
    key: join(folder, "key.pem"),
    store: (environment) => join(folder, "stores", environment),
  };
}

/** Variables by which the command line finds it in an environment. */
export const sharedVariables = ({ ledger, store }: Shared, environment: EnvironmentName): Record<string, string> => ({
  MILLRACE_LEDGER: pathToFileURL(ledger).href,
  MILLRACE_MODELS: pathToFileURL(store(environment)).href,
});

/** The repository of a promotion, and what a person does in it. */
export class Workplace {
  readonly shared: Shared;
  readonly repository: Repository;
  /** Models that every environment runs at the beginning, by their name. */
  readonly models: Readonly<Record<string, ModelRelease>>;
  /** Platform release that every environment runs at the beginning. */
  readonly platform = "2026.11.21-1";

  private constructor(shared: Shared, repository: Repository, models: Workplace["models"]) {
    this.shared = shared;
    this.repository = repository;
    this.models = models;
  }

  /**
   * Makes it in a folder that is emptied before. The history of the releases begins anew: the program that is here as a platform release, and
   * each model that dev runs here in the same version, with files that were made for it. Every environment runs these.
   *
   * @param home folder that is no part of the program.
   */
  static async begin(shared: Shared, home: string, millrace: Millrace): Promise<Workplace> {
    const { folder } = shared;
    rmSync(folder, { recursive: true, force: true });
    const repository = Repository.of(shared.repository, PROJECT_FOLDER, [home, join(PROJECT_FOLDER, RELEASES)]);
    linkIgnored(shared.repository);
    const workplace = new Workplace(shared, repository, readRelease("dev").models);
    workplace.#beginReleases();
    for (const store of [shared.ledger, ...ENVIRONMENTS.map(shared.store)]) {
      mkdirSync(store, { recursive: true });
    }
    await millrace(...workplace.platformRelease(workplace.platform));
    for (const { model, version } of Object.values(workplace.models)) {
      await millrace(...workplace.modelRelease(model, version));
      ENVIRONMENTS.forEach((environment) => storeVersion(shared.store(environment), model, version));
    }
    workplace.#pointAll();
    repository.commit("What every environment runs");
    return workplace;
  }

  /** Words that release a version of a model: `npx millrace release create model …`. Its files are in dev's store afterwards. */
  modelRelease(model: string, version: string, metrics: object = {}): string[] {
    const { shared, models } = this;
    const { author, code, data, features, image, run, runtime, metrics: before } = models[model]!;
    const record = join(shared.folder, "records", `${model}-${version}.json`);
    const sha256 = digestOfVersion(model, version);
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(
      record,
      JSON.stringify({ author, code, data, features, image, run, runtime, metrics: { ...before, ...metrics }, sha256 }),
    );
    storeVersion(shared.store("dev"), model, version);
    return ["release", "create", "model", model, "--version", version, "--from", record, "--sign-key", shared.key, "--yes"];
  }

  /** Words that release the program that is committed. */
  platformRelease(id: string): string[] {
    return ["release", "create", "platform", "--id", id, "--author", AUTHOR.name, "--sign-key", this.shared.key, "--yes"];
  }

  /** Nobody has the files or the keys of the releases that are here. */
  #beginReleases(): void {
    const { repository, shared } = this;
    mkdirSync(join(repository.folder, RELEASES));
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    writeFileSync(shared.key, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    const signer = {
      kind: "key" as const,
      may: ["models", "platform"],
      publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    };
    writeFileSync(join(repository.folder, FILES.signers), FORMS.signers.textFor({ [SIGNER]: signer }));
  }

  #pointAll(): void {
    const models = Object.fromEntries(Object.values(this.models).map(({ model, version }) => [model, version]));
    const text = FORMS.pointer.textFor({ platform: this.platform, models });
    mkdirSync(dirname(join(this.repository.folder, FILES.pointer("dev"))), { recursive: true });
    for (const environment of ENVIRONMENTS) {
      writeFileSync(join(this.repository.folder, FILES.pointer(environment)), text);
    }
  }
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
