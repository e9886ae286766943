// What is really there: one file for each thing, in a folder, and a journal of who changed what.

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bag } from "#engine/values";

/** Variables with the folder, and with the name of the command that changes things. */
export const INVENTORY = "KILL_POINTS_INVENTORY";
export const COMMAND = "KILL_POINTS_COMMAND";

export interface Thing {
  id: string;
  urn: string;
  inputs: Bag;
}

/** A change of a thing that was begun by a command. */
export interface Entry {
  command: string;
  op: "create" | "update" | "delete";
  urn: string;
}

export class Inventory {
  readonly #things: string;
  readonly #journal: string;

  constructor(folder: string) {
    this.#things = join(folder, "things");
    this.#journal = join(folder, "journal");
    mkdirSync(this.#things, { recursive: true });
  }

  all(): Thing[] {
    return readdirSync(this.#things)
      .filter((name) => !name.startsWith("."))
      .map((name) => JSON.parse(readFileSync(join(this.#things, name), "utf8")) as Thing);
  }

  find(id: string): Thing | undefined {
    const file = this.#fileOf(id);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Thing) : undefined;
  }

  put(thing: Thing): void {
    const file = this.#fileOf(thing.id);
    const draft = join(this.#things, `.${process.pid}`);
    writeFileSync(draft, JSON.stringify(thing));
    renameSync(draft, file);
  }

  remove(id: string): void {
    rmSync(this.#fileOf(id), { force: true });
  }

  journal(): Entry[] {
    return existsSync(this.#journal)
      ? readFileSync(this.#journal, "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line) as Entry)
      : [];
  }

  /** @returns how many changes this command has begun, with this one. */
  note(entry: Entry): number {
    appendFileSync(this.#journal, `${JSON.stringify(entry)}\n`);
    return this.journal().filter(({ command }) => command === entry.command).length;
  }

  #fileOf(id: string): string {
    return join(this.#things, encodeURIComponent(id));
  }
}
