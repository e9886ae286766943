import { writeFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * The names that processes of a rehearsal resolve. Nothing else resolves there: the namespace has no way out.
 *
 * The file is bound over /etc/hosts, and a bind mount holds on to the file and not to its name. So it is written in place:
 * a rename would leave the old content in view.
 */
export class HostsFile {
  readonly path: string;
  readonly #addresses = new Map<string, string>();

  /** @param path - file to write; the caller binds it. */
  constructor(path: string) {
    this.path = path;
    this.#write();
  }

  /** Makes each name resolve to its address; names that are there already are changed. */
  set(addresses: Readonly<Record<string, string>>): void {
    for (const [name, address] of Object.entries(addresses)) {
      this.#addresses.set(name, address);
    }
    this.#write();
  }

  /** Forgets a name. */
  remove(name: string): void {
    this.#addresses.delete(name);
    this.#write();
  }

  #write(): void {
    const own = ["127.0.0.1 localhost", "::1 localhost", `127.0.0.1 ${hostname()}`];
    const named = [...this.#addresses].map(([name, address]) => `${address} ${name}`);
    writeFileSync(this.path, `${[...own, ...named].join("\n")}\n`);
  }
}
