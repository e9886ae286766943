import { quantity } from "#plan/capacity/quantity";
import type { Json } from "../controlplane/kube.ts";

/** Decoded content of a Secret or ConfigMap. */
export type Content = Readonly<Record<string, string | Buffer>>;

/** What a container's variables are made from, beside its own specification. */
export interface EnvSources {
  pod: Json;
  /** Address of the pod. */
  ip: string;
  /** Address of its node. */
  nodeIp: string;
  /** What its node has for pods, as Kubernetes quantities. @default - nothing is known */
  room?: Readonly<Record<string, string>>;
  /** Content of a Secret or ConfigMap of the pod's namespace; `undefined` when it is missing. */
  read: (kind: "Secret" | "ConfigMap", name: string) => Promise<Content | undefined>;
}

/** A variable refers to something that is not there (yet). The kubelet's reason for it is `CreateContainerConfigError`. */
export class MissingReference extends Error {}

/**
 * The variables of a container as a kubelet would set them.
 *
 * @throws {MissingReference} when a Secret, a ConfigMap or a key is missing that is not optional.
 */
export async function containerEnv(container: Json, sources: EnvSources): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const source of (container.envFrom ?? []) as Json[]) {
    const [kind, reference] = source.secretRef
      ? (["Secret", source.secretRef] as const)
      : (["ConfigMap", source.configMapRef] as const);
    for (const [key, value] of Object.entries(await content(kind, reference, sources))) {
      env[`${source.prefix ?? ""}${key}`] = String(value);
    }
  }
  for (const item of (container.env ?? []) as Json[]) {
    const value = item.valueFrom ? await referred(item.valueFrom, container, sources) : expand(item.value ?? "", env);
    if (value !== undefined) {
      env[item.name] = value;
    }
  }
  return env;
}

/** Replaces `$(NAME)` by variables that are set already; `$$(NAME)` stays `$(NAME)` (Kubernetes API, EnvVar.value). */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]+)\)/g, (found: string, name?: string) => (name === undefined ? "$" : (env[name] ?? found)));
}

async function referred(from: Json, container: Json, sources: EnvSources): Promise<string | undefined> {
  if (from.fieldRef) {
    return fieldOf(from.fieldRef.fieldPath, sources);
  }
  if (from.resourceFieldRef) {
    return resource(from.resourceFieldRef, container, sources);
  }
  const [kind, reference] = from.secretKeyRef
    ? (["Secret", from.secretKeyRef] as const)
    : (["ConfigMap", from.configMapKeyRef] as const);
  const value = (await content(kind, reference, sources))[reference.key];
  if (value === undefined && !reference.optional) {
    throw new MissingReference(`couldn't find key ${reference.key} in ${kind} ${reference.name}`);
  }
  return value === undefined ? undefined : String(value);
}

async function content(kind: "Secret" | "ConfigMap", reference: Json, { read }: EnvSources): Promise<Content> {
  const found = await read(kind, reference.name);
  if (found === undefined && !reference.optional) {
    throw new MissingReference(`${kind.toLowerCase()} "${reference.name}" not found`);
  }
  return found ?? {};
}

/** In whole multiples of the divisor; what has no limit may use the whole node (Kubernetes API, ResourceFieldSelector). */
function resource({ resource: path, divisor }: Json, container: Json, { room = {} }: EnvSources): string {
  const [group, name] = String(path).split(".", 2) as [string, string];
  const amount = container.resources?.[group]?.[name] ?? (group === "limits" ? room[name] : undefined) ?? 0;
  return String(Math.ceil(quantity(amount) / (quantity(divisor ?? 1) || 1)));
}

/** The value of a field of the pod that a variable or a file may name. */
export function fieldOf(path: string, { pod, ip, nodeIp }: EnvSources): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed) {
    return String(pod.metadata[keyed[1]!]?.[keyed[2]!] ?? "");
  }
  const fields: Record<string, string> = {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "metadata.uid": pod.metadata.uid,
    "spec.nodeName": pod.spec.nodeName,
    "spec.serviceAccountName": pod.spec.serviceAccountName ?? "default",
    "status.podIP": ip,
    "status.podIPs": ip,
    "status.hostIP": nodeIp,
    "status.hostIPs": nodeIp,
  };
  return fields[path] ?? "";
}
