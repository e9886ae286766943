import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import {
  CLUSTER_EXTERNAL_SECRETS,
  CLUSTER_SECRET_STORES,
  EXTERNAL_SECRETS,
  GENERATORS,
  isMade,
  SECRET_STORES,
  sourcesOf,
  specOf,
} from "../../kubernetes/external-secrets.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { type Bag, bag, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

interface Following {
  /** Longest time after which a changed secret reaches its pods, hours. */
  hours: number;
  /** Stores that other stacks make, by their names. */
  stores: readonly string[];
}
const DAILY: Following = { hours: 24, stores: [] };

/** Generators whose values stay valid: to make them anew locks out everything that holds the old ones. Others make tokens for a while. */
const LASTING = ["Password", "SSHKey", "UUID"];

const SECRETS = [...EXTERNAL_SECRETS, ...CLUSTER_EXTERNAL_SECRETS];

export const SEC_06 = stackRule<Following>({
  id: "SEC-06",
  title: "A secret that is fetched follows its store, and a key that is made is made once",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.1"],
  remediation:
    "Give an ExternalSecret that reads a store a `refreshInterval` of an hour, and one whose values a generator makes `refreshPolicy: CreatedOnce`. Name a store and a generator that exist.",
  parameters: { dev: DAILY, staging: DAILY, prod: DAILY },
  types: [...SECRETS, ...SECRET_STORES, ...CLUSTER_SECRET_STORES, "kubernetes:generators.external-secrets.io/*"],
  relate: (resources, following) =>
    ofEach(
      resources.filter(({ type }) => SECRETS.includes(type)),
      (secret) =>
        together(
          () => renewal(secret, following),
          () => stores(secret, resources, following),
          () => generators(secret, resources),
        ),
    ),
});

/** How long a value stays: infinite for what is read once, or for no number of seconds (External Secrets, "ExternalSecret"). */
function interval(spec: Bag): number {
  const policy = text(spec, "refreshPolicy") ?? "Periodic";
  const seconds = secondsOf(text(spec, "refreshInterval") ?? "1h");
  return policy !== "Periodic" || seconds === 0 ? Number.POSITIVE_INFINITY : seconds;
}

function renewal(resource: Resource, { hours }: Following): Fault[] {
  const { path, spec } = specOf(resource);
  const sources = sourcesOf(spec).map(({ source }) => source);
  const policy = text(spec, "refreshPolicy") ?? "Periodic";
  const seconds = interval(spec);
  const key = policy === "Periodic" ? "refreshInterval" : "refreshPolicy";
  const fault = (property: string, want: string): Fault => ({
    resource,
    property: `${path}.${property}`,
    got: shown(spec[property]),
    want,
  });
  const lasting = sources.some(
    (source) => isMade(source) && LASTING.includes(text(source, "sourceRef", "generatorRef", "kind") ?? ""),
  );
  if (lasting) {
    const once = policy === "CreatedOnce" || (policy === "Periodic" && seconds === Number.POSITIVE_INFINITY);
    return unless(once, fault("refreshPolicy", "CreatedOnce: a key that is made anew opens nothing that the old one closed"));
  }
  return unless(
    sources.length === 0 || seconds <= hours * 3600,
    fault(key, key === "refreshPolicy" ? "Periodic" : `at most ${hours}h, and not 0`),
  );
}

/** Stores of this stack; a stack that makes none says nothing about those that exist. */
function stores(resource: Resource, resources: readonly Resource[], following: Following): Finding[] {
  const { path, spec } = specOf(resource);
  const made = resources.filter(({ type }) => SECRET_STORES.includes(type) || CLUSTER_SECRET_STORES.includes(type));
  const named = [
    { at: "secretStoreRef", reference: bag(spec, "secretStoreRef") },
    ...sourcesOf(spec).map(({ path: at, source }) => ({
      at: `${at}.sourceRef.storeRef`,
      reference: bag(source, "sourceRef", "storeRef"),
    })),
  ].filter(({ reference }) => isSet(reference, "name"));
  return made.length === 0
    ? []
    : named.flatMap(({ at, reference }) => {
        const got = text(reference, "name") ?? "";
        const types = text(reference, "kind") === "ClusterSecretStore" ? CLUSTER_SECRET_STORES : SECRET_STORES;
        const holds = made.some(
          (store) =>
            types.includes(store.type) &&
            nameOf(store) === got &&
            (types === CLUSTER_SECRET_STORES || namespaceOf(store) === namespaceOf(resource)),
        );
        const want = `a store that exists (${[...made.map(nameOf), ...following.stores].join(", ")})`;
        return unless(holds || following.stores.includes(got), { resource, property: `${path}.${at}.name`, got, want });
      });
}

function generators(resource: Resource, resources: readonly Resource[]): Finding[] {
  const { path, spec } = specOf(resource);
  const made = resources.filter(({ type }) => GENERATORS.test(type));
  return made.length === 0
    ? []
    : sourcesOf(spec)
        .filter(({ source }) => isMade(source))
        .flatMap(({ path: at, source }) => {
          const reference = bag(source, "sourceRef", "generatorRef");
          const got = text(reference, "name") ?? "nothing";
          const holds = made.some((each) => nameOf(each) === got && GENERATORS.exec(each.type)?.[1] === text(reference, "kind"));
          const want = `a generator that exists (${made.map(nameOf).join(", ")})`;
          return unless(holds, { resource, property: `${path}.${at}.sourceRef.generatorRef.name`, got, want });
        });
}
