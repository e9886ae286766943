import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Layer } from "#stacks/contracts";
import { MachineError } from "#toolchain/errors";
import type { Deployment, StateResource } from "./checkpoint.ts";

/** The layer whose program installs charts. */
export const LAYER_OF_CHARTS: Layer = "platform";

/** A release, as Helm knows it. */
export interface HelmRelease {
  name: string;
  namespace: string;
}

const RELEASE = "kubernetes:helm.sh/v3:Release";

/**
 * Releases whose installation was begun and that the state does not have: Helm would refuse to install them again.
 *
 * @param noted what Helm itself says it is installing: a provider that was killed has told nobody what it had begun.
 */
export function unfinishedReleases(
  { resources = [], pending_operations: pending = [] }: Deployment,
  noted: readonly HelmRelease[],
): HelmRelease[] {
  const releases = (all: readonly StateResource[]): HelmRelease[] =>
    all.filter(({ type }) => type === RELEASE).map(({ inputs }) => inputs as unknown as HelmRelease);
  const known = new Set(releases(resources).map(keyOf));
  const begun = [...releases(pending.map(({ resource }) => resource)), ...noted].filter((release) => !known.has(keyOf(release)));
  return [...new Map(begun.map(({ name, namespace }) => [keyOf({ name, namespace }), { name, namespace }])).values()];
}

const keyOf = ({ name, namespace }: HelmRelease): string => `${namespace}/${name}`;

/** Variables of a program. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Helm's notes in the cluster of an environment. */
export interface HelmNotes {
  /** Releases whose installation Helm has begun and not ended. */
  installing(): Promise<HelmRelease[]>;
  /** Whether Helm has a note of a release. */
  has(release: HelmRelease): Promise<boolean>;
  /** Deletes what Helm has noted of a release. Its objects stay: the next installation takes them over. */
  forget(release: HelmRelease): Promise<void>;
}

/**
 * Reads the notes with `kubectl` and the kubeconfig that the state has, so that no other cluster is asked; `undefined` where it has none.
 *
 * @param variables those of `kubectl`, and of the `aws` that it asks for a token. @default - those of this process
 */
export function helmNotes({ resources = [] }: Deployment, variables: Variables = process.env): HelmNotes | undefined {
  const provider = resources.find(({ type }) => type === "pulumi:providers:kubernetes");
  const config = provider?.inputs?.["kubeconfig"];
  if (typeof config !== "string") {
    return undefined;
  }
  // Only names are printed: the notes hold every value that a chart was given.
  const secretsOf = async (...where: string[]): Promise<HelmRelease[]> =>
    (await kubectl(variables, config, "get", "secrets", "-o", NAMES, ...where))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [namespace = "", name = ""] = line.split(" ");
        return { name, namespace };
      });
  const of = ({ name, namespace }: HelmRelease): string[] => ["-n", namespace, "-l", `owner=helm,name=${name}`];
  return {
    installing: () => secretsOf("-A", "-l", "owner=helm,status=pending-install"),
    has: async (release) => (await secretsOf(...of(release))).length > 0,
    forget: async (release) => void (await kubectl(variables, config, "delete", "secrets", ...of(release))),
  };
}

const NAMES = 'jsonpath={range .items[*]}{.metadata.namespace} {.metadata.labels.name}{"\\n"}{end}';

/** Longer than an API server that answers needs. */
const TIMEOUT = "--request-timeout=20s";

async function kubectl(env: Variables, config: string, ...words: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-kube-"));
  try {
    const file = join(folder, "config");
    writeFileSync(file, config, { mode: 0o600 });
    const args = ["--kubeconfig", file, TIMEOUT, ...words];
    return (await promisify(execFile)("kubectl", args, { env, maxBuffer: Number.POSITIVE_INFINITY })).stdout;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const said = (stderr || message).trim().split("\n").at(-1);
    throw new MachineError(
      `kubectl cannot ask the cluster what Helm has begun (${said}).`,
      "Try it where the Kubernetes API answers: docs/guides/aws.md.",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
