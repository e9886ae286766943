import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { phase } from "../phase.ts";
import { leaks } from "./leftovers.ts";

/** Variable with the folder that the environments of a promotion share: ledger, plans, and what commands printed. */
export const SHARED = "MILLRACE_REHEARSAL_SHARED";

/** What a promotion has written beside its environments. Its keys lie there too: a person's key is no secret to itself. */
function ofPromotion(): string[] {
  const shared = process.env[SHARED];
  return shared === undefined
    ? []
    : ["ledger", "outputs", "records", "repository/.millrace", "repository/releases"].map((name) => join(shared, name));
}

/** Text of each private key of a promotion's people, without its frame. */
function keysOfPromotion(): string[] {
  const folder = join(process.env[SHARED] ?? "", "keys");
  return process.env[SHARED] === undefined
    ? []
    : readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8").split("\n")[1]!);
}

/** The secret that was put into the stack config, looked for in everything that was written. */
export const secrets = phase({
  name: "secrets",
  summary: "looks for the secrets of the stack config in all files of state, config, logs and temporary files",
  needs: ["project", "workloads"],
  run: async ({ workspace, inside }) => {
    // Not in etcd's files: a Secret object is the place from which a pod reads it.
    const passphrase = readFileSync(join(inside.folder, "passphrase"), "utf8");
    const all = [...workspace.secrets, passphrase, ...keysOfPromotion()];
    const { files, leaked } = leaks(
      [...["state", "logs", "pulumi", "tmp"].map((name) => `${inside.folder}/${name}`), workspace.project, ...ofPromotion()],
      all,
    );
    if (leaked.length > 0) {
      throw new Error(`no file may hold a secret in plain text, found them in ${leaked.join(", ")}`);
    }
    return {
      detail: `${all.length} secrets (stack config, passphrase${all.length > workspace.secrets.length + 1 ? ", keys" : ""}) found in plain text in 0 of ${files} files of state, config and logs`,
    };
  },
});
