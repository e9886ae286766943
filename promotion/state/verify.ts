// Whether a checkpoint can be what Pulumi wrote, by its own text: no engine, no key and no cloud is asked.

import { createHash } from "node:crypto";
import { LAYERS } from "#stacks/contracts";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { type Checkpoint, type Deployment, parseCheckpoint, type StateResource } from "./checkpoint.ts";

/** Versions of the file that are read here. */
const VERSIONS = [3, 4];

/** Marks a secret: an object with this key and value, and its `ciphertext`. */
const SECRET = { key: "4dabf18193072939515e22adb298388d", value: "1b47061264138c4ac30d75fd1eb44270" };

/** More would fill the screen and say the same. */
const SHOWN = 5;

/**
 * What is wrong with a checkpoint, a line each. Empty where nothing is, or where the stack has no resource yet.
 *
 * @param fullName stack whose it must be: `organization/<project>/<stack>`.
 */
export function problemsOf(content: Buffer, fullName: string): string[] {
  let parsed: Checkpoint;
  try {
    parsed = parseCheckpoint(content);
  } catch (error) {
    return [error instanceof SyntaxError ? error.message : `it cannot be read: ${(error as Error).message}`];
  }
  const { version, checkpoint } = parsed ?? {};
  if (typeof checkpoint !== "object" || checkpoint === null || typeof version !== "number") {
    return ["it is JSON, but no checkpoint: 'version' and 'checkpoint' are missing"];
  }
  if (!VERSIONS.includes(version)) {
    return [`its version must be one of ${VERSIONS.join(", ")}, got ${version}`];
  }
  if (checkpoint.stack !== fullName) {
    return [`it is of another stack: it must be of '${fullName}', got '${checkpoint.stack}'`];
  }
  const { latest } = checkpoint;
  if (latest === undefined || latest === null) {
    return [];
  }
  const problems = [...ofName(fullName), ...ofManifest(latest), ...ofSecrets(latest), ...ofResources(latest, fullName)];
  return problems.length > SHOWN ? [...problems.slice(0, SHOWN), `and ${problems.length - SHOWN} more`] : problems;
}

function ofName(fullName: string): string[] {
  const stack = fullName.split("/").at(-1) ?? "";
  return LAYERS.some((layer) => ENVIRONMENTS.some((environment) => stack === `${layer}-${environment}`))
    ? []
    : [`stack '${stack}' must be of a layer (${LAYERS.join(", ")}) and an environment (${ENVIRONMENTS.join(", ")})`];
}

/** Pulumi writes a digest of its version beside it. */
function ofManifest({ manifest }: Deployment): string[] {
  const { version, magic, time } = manifest ?? {};
  if (version === undefined || time === undefined || Number.isNaN(Date.parse(time))) {
    return ["its manifest must say version and time"];
  }
  return magic === createHash("sha256").update(version).digest("hex") ? [] : ["its manifest's digest is not of its version"];
}

function ofSecrets({ secrets_providers: provider, resources }: Deployment): string[] {
  const counts = { encrypted: 0, plain: 0, broken: 0 };
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) {
      return;
    }
    const bag = value as Record<string, unknown>;
    if (bag[SECRET.key] === SECRET.value) {
      const { ciphertext } = bag;
      const kind = ciphertext === undefined ? "plain" : isCiphertext(ciphertext) ? "encrypted" : "broken";
      counts[kind] += 1;
    } else {
      Object.values(bag).forEach(look);
    }
  };
  look(resources);
  return [
    ...(counts.encrypted > 0 && !provider?.type ? [`nothing says who can decrypt its ${counts.encrypted} secrets`] : []),
    ...(counts.plain > 0
      ? [`${counts.plain} of its secrets are in plain text: change their values, then \`pulumi stack change-secrets-provider\``]
      : []),
    ...(counts.broken > 0 ? [`${counts.broken} of its secrets are no ciphertext`] : []),
  ];
}

/** `v1:<nonce>:<text>` of a passphrase, base64 of a key service. Whether it can be decrypted, only the key says. */
const isCiphertext = (text: unknown): boolean => typeof text === "string" && /^(v1:[\w+/=-]+:)?[\w+/=-]+$/.test(text);

function ofResources({ resources = [], pending_operations: pending = [] }: Deployment, fullName: string): string[] {
  const [, project, stack] = fullName.split("/");
  if (!Array.isArray(resources) || !Array.isArray(pending)) {
    return ["its resources must be a list"];
  }
  const before = new Set<string>();
  const providers = new Set<string>();
  const live = new Set<string>();
  const all = new Set(resources.map((each) => each?.urn));
  return resources.flatMap((resource) => {
    const { urn, type, id } = resource ?? {};
    const parts = typeof urn === "string" ? /^urn:pulumi:([^:]+)::([^:]+)::(.+?)::(.*)$/.exec(urn) : null;
    if (parts === null) {
      return [`a resource must have a URN, got '${urn}'`];
    }
    const [, ofStack, ofProject, qualifiedType] = parts;
    const found = [
      ...(ofStack !== stack || ofProject !== project ? [`${urn} is of another stack`] : []),
      ...(qualifiedType?.split("$").at(-1) !== type ? [`${urn} must be of the type in its name, got '${type}'`] : []),
      ...(live.has(urn) && !resource.delete ? [`${urn} is there twice`] : []),
      ...(resource.custom && !id && !resource.delete ? [`${urn} has no id`] : []),
      ...namedBy(resource)
        .filter(([, other]) => !before.has(other))
        .map(([how, other]) => `${urn} has a ${how} that ${all.has(other) ? "comes after it" : "is missing"}: ${other}`),
      ...(resource.provider && before.has(providerUrn(resource.provider)) && !providers.has(resource.provider)
        ? [`${urn} has a provider of another id: ${resource.provider}`]
        : []),
    ];
    before.add(urn);
    providers.add(`${urn}::${id ?? ""}`);
    if (!resource.delete) {
      live.add(urn);
    }
    return found;
  });
}

/** Other resources that must come before one, and how it names them. */
function namedBy({ parent, provider, dependencies, propertyDependencies, deletedWith }: StateResource): [string, string][] {
  const byProperty = Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  const needed = new Set([...(dependencies ?? []), ...byProperty]);
  return [
    ...(parent ? [["parent", parent] as [string, string]] : []),
    ...(provider ? [["provider", providerUrn(provider)] as [string, string]] : []),
    ...[...needed].map((urn): [string, string] => ["dependency", urn]),
    ...(deletedWith ? [["resource it is deleted with", deletedWith] as [string, string]] : []),
  ];
}

const providerUrn = (reference: string): string => reference.split("::").slice(0, -1).join("::");
