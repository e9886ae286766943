import type { Layer } from "../contracts.ts";
import { configFile } from "./config-file.ts";
import { ENVIRONMENTS, type EnvironmentName } from "./environments/profile.ts";
import { FILES } from "./files.ts";
import type { Settings } from "./settings.ts";

type StateSettings = Pick<Settings, "account" | "region" | "state">;

/**
 * Each environment has a bucket and a key of its own: whoever shares them can read the other's secrets, and the roles of CI have rights on
 * what the config names.
 *
 * @returns a sentence for the bucket and for the key if it belongs to another environment; it begins with the key of the config.
 */
export function stateProblems(layer: Layer, environment: EnvironmentName, settings: StateSettings): string[] {
  const { account, region, state } = settings;
  if (state === undefined) {
    return [];
  }
  const shared = (field: "bucket" | "key"): string | undefined => {
    const file = ENVIRONMENTS.filter((other) => other !== environment)
      .map((other) => FILES.config(layer, other))
      .find((other) => (configFile(other)["millrace:state"] as Settings["state"])?.[field] === state[field]);
    return file && `must be another one than in ${file}`;
  };
  const rules = {
    bucket: shared("bucket") ?? nameRule(environment, account, region, state.bucket),
    key: shared("key"),
  };
  return (["bucket", "key"] as const).flatMap((field) =>
    rules[field] === undefined ? [] : [`state.${field} ${rules[field]}, got '${state[field]}'`],
  );
}

const ACCOUNT = /(?<!\d)(\d{12})(?!\d)/g;
const REGION = /(?<![a-z0-9])([a-z]{2}-(?:north|south|east|west|central)[a-z]*-\d)(?!\d)/g;

/** What is wrong with a bucket's name: it may say where the bucket belongs, as those do that scripts/state-bucket.yaml makes. */
function nameRule(environment: EnvironmentName, account: string, region: string, bucket: string): string | undefined {
  const words = bucket.split(/[.-]/);
  const others = ENVIRONMENTS.filter((other) => other !== environment && words.includes(other));
  const saysOther = (form: RegExp, own: string): boolean => [...bucket.matchAll(form)].some(([, found]) => found !== own);
  if (others.length > 0 && !words.includes(environment)) {
    return `must be ${environment}'s own bucket, not one of ${others.join(" and ")}`;
  }
  return saysOther(ACCOUNT, account) || saysOther(REGION, region)
    ? `must be a bucket in account ${account} and region ${region}`
    : undefined;
}
