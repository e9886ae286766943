import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../controlplane/kube.ts";
import { type Image, type Images, imageOf, repository } from "./containers/images.ts";
import type { Command } from "./pod-process.ts";
import { portNumber } from "./probe.ts";

/** What is wrong with a version of a model, wherever it runs. */
export interface Fault {
  /** Share of requests answered with HTTP 500, 0 to 1. @default 0 */
  errorRate?: number;

  /** Milliseconds that an answer takes. @default 2 */
  latencyMs?: number;

  /** Seconds that loading takes before the first answer. @default 1 */
  loadSeconds?: number;

  /** End with an error instead of answering. @default false */
  crash?: boolean;
}

/** Faults by `<model>@<version>`. They belong to the version: the objects that deploy it stay the product's own. */
export type Faults = Readonly<Record<string, Fault>>;

/** @throws {SyntaxError} naming the file when somebody has written something else than JSON there. */
export function readFaults(file: string): Faults {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Faults;
  } catch (error) {
    throw new SyntaxError(`${file} must be JSON such as {"fraud@5": {"errorRate": 0.3}}: ${(error as Error).message}`);
  }
}

/** A container whose image's own program is here. */
export interface Contained {
  container: Json;
  image: Image;
}

/** How a pod is played. */
export type Part =
  | { kind: "process"; program: ProgramName; container: Json }
  /** Its containers run their images' own programs, as far as those are here. */
  | { kind: "containers"; init: readonly Contained[]; main: readonly Contained[] }
  /** It ends with success at once: a Job whose program the rehearsal does not have. */
  | { kind: "completes" }
  /** It is ready without a process. */
  | { kind: "ready" };

/** Our program that stands in for an image. */
export type ProgramName = "model-server" | "mlflow" | "trainer";

/** Which program stands for an image, by the last part of its repository. */
const IMAGES: Readonly<Record<string, (container: Json) => ProgramName | undefined>> = {
  "model-server": () => "model-server",
  trainer: () => "trainer",
  mlflow: (container) => {
    const words = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
    if (/\bmodels serve\b/.test(words)) {
      return "model-server";
    }
    // As a word of its own: `python -m mlflow.server.auth db upgrade` is a migration.
    return /(^|\s)server(\s|$)/.test(words) ? "mlflow" : undefined;
  },
};

/**
 * How a pod is played. Where the program of its first container is here, all programs of its images run that are; else the first container
 * with a stand-in is its process. What only looks after another program, such as a reloader, is of no use without it.
 */
export function partOf(pod: Json, images: Images = {}): Part {
  const containers = pod.spec.containers as Json[];
  if (imageOf(images, containers[0]!)) {
    const contained = (among: readonly Json[] = []): Contained[] =>
      among.flatMap((container) => {
        const image = imageOf(images, container);
        return image ? [{ container, image }] : [];
      });
    return { kind: "containers", init: contained(pod.spec.initContainers), main: contained(containers) };
  }
  for (const container of containers) {
    const program = IMAGES[repository(container.image).split("/").at(-1)!]?.(container);
    if (program) {
      return { kind: "process", program, container };
    }
  }
  return isJob(pod) ? { kind: "completes" } : { kind: "ready" };
}

/**
 * The command of a stand-in.
 *
 * @param env - the container's own variables; a model server finds its model in MODEL_NAME and MODEL_VERSION.
 * @param registry - JSON file that the tracking server answers from.
 */
export function commandOf(
  { program, container }: Extract<Part, { kind: "process" }>,
  { ip, env, faults, registry }: { ip: string; env: Readonly<Record<string, string>>; faults: Faults; registry: string },
): Command {
  const model = `${env.MODEL_NAME ?? "unnamed"}@${env.MODEL_VERSION ?? "unknown"}`;
  const own = {
    PATH: process.env.PATH ?? "",
    MILLRACE_HOST: ip,
    MILLRACE_PORT: String(servingPort(container)),
    ...(program === "model-server" ? { MILLRACE_FAULT: JSON.stringify(faults[model] ?? {}) } : { MILLRACE_REGISTRY: registry }),
  };
  return { argv: [process.execPath, join(import.meta.dirname, "programs", `${program}.ts`)], env: { ...env, ...own } };
}

/** The container's port `http`, else its first one. MLflow's own default is 8080 for models. */
export function servingPort(container: Json): number {
  const ports = (container.ports ?? []) as Json[];
  return ports.some(({ name }) => name === "http") ? portNumber("http", container) : Number(ports[0]?.containerPort ?? 8080);
}

function isJob(pod: Json): boolean {
  return ((pod.metadata.ownerReferences ?? []) as Json[]).some(({ kind }) => kind === "Job");
}
