import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { RemoteError } from "./http.ts";

interface DockerConfig {
  auths?: Record<string, { auth?: string }>;
}

/** Files in which `helm registry login` and `docker login` keep what was typed. */
const files = (env: NodeJS.ProcessEnv): string[] => [
  env["HELM_REGISTRY_CONFIG"] ?? join(env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "helm", "registry", "config.json"),
  join(env["DOCKER_CONFIG"] ?? join(homedir(), ".docker"), "config.json"),
];

/** User and password of a registry, encoded as HTTP sends them; nothing where nobody has logged in. */
export function credentialsOf(host: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const file of files(env).filter((each) => existsSync(each))) {
    const { auths = {} } = read(file);
    const { auth } = auths[host] ?? auths[`https://${host}`] ?? {};
    if (auth) {
      return auth;
    }
  }
  return undefined;
}

function read(file: string): DockerConfig {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as DockerConfig;
  } catch (error) {
    throw new RemoteError(`${file} must be the JSON that \`helm registry login\` writes: ${(error as Error).message}`);
  }
}
