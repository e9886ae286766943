import { join } from "node:path";
import type { Json } from "../controlplane/kube.ts";
import { type Image, type Images, imageOf, repository } from "./containers/images.ts";
import type { Command } from "./pod-process.ts";

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
export type ProgramName = "trainer";

/** Which program stands for an image, by the last part of its repository. */
const IMAGES: Readonly<Record<string, ProgramName>> = { trainer: "trainer" };

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
    const program = IMAGES[repository(container.image).split("/").at(-1)!];
    if (program) {
      return { kind: "process", program, container };
    }
  }
  return isJob(pod) ? { kind: "completes" } : { kind: "ready" };
}

/** The command of a stand-in. @param env - the container's own variables. */
export function commandOf(program: ProgramName, env: Readonly<Record<string, string>>): Command {
  const file = join(import.meta.dirname, "programs", `${program}.ts`);
  return { argv: [process.execPath, file], env: { ...env, PATH: process.env.PATH ?? "" } };
}

function isJob(pod: Json): boolean {
  return ((pod.metadata.ownerReferences ?? []) as Json[]).some(({ kind }) => kind === "Job");
}
