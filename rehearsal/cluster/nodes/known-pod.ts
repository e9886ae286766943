import type { Json } from "../controlplane/kube.ts";
import { NETWORK } from "../isolation/addresses.ts";
import type { PodProcesses } from "./pod-processes.ts";
import type { PodView } from "./pod-status.ts";
import type { Part } from "./stand-ins.ts";

/** A pod that the scheduler has bound to one of our nodes. */
export interface Pod extends PodView {
  part: Part;

  /** Its processes. @default - none */
  runner?: PodProcesses;

  /** Whether it is being ended. */
  leaving: boolean;

  /** Whether it was ready when its status was last made. */
  lastReady: boolean;

  /** Whether something changed since the last report to the API server. */
  unsaid: boolean;

  /** The report that is under way. */
  saying?: Promise<void> | undefined;
}

/** A pod that has just been bound. */
export function newPod(object: Json, ip: string, part: Part): Pod {
  const now = new Date().toISOString();
  const view = { pod: object, ip, nodeIp: NETWORK.node, startTime: now, readySince: now };
  return { ...view, part, leaving: false, lastReady: false, unsaid: false };
}

/** Path of a pod in the API. */
export const pathOf = ({ metadata }: Json): string => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;

/** `<namespace>/<name>`. */
export const nameOf = ({ pod }: Pod): string => `${pod.metadata.namespace}/${pod.metadata.name}`;
