import type { Json } from "../controlplane/kube.ts";
import type { ContainerState } from "./pod-process.ts";

/** What is known about a pod on one of our nodes. */
export interface PodView {
  pod: Json;
  ip: string;
  nodeIp: string;
  startTime: string;

  /** Containers that are processes, by name; the others are said to run. @default - none */
  processes?: ReadonlyMap<string, Readonly<ContainerState>>;

  /** Whether the containers that prepare the others are done. @default true */
  prepared?: boolean;

  /** How it ended. @default - it runs */
  outcome?: "Succeeded" | "Failed" | undefined;

  /** When its readiness last changed. */
  readySince: string;
}

/** Whether the pod takes requests. */
export function isReady({ pod, processes, outcome }: PodView): boolean {
  return outcome === undefined && (pod.spec.containers as Json[]).every(({ name }) => processes?.get(name)?.ready ?? true);
}

/** The status that a kubelet would report. */
export function podStatus(view: PodView): Json {
  const { pod, ip, nodeIp, startTime, outcome, readySince, prepared = true } = view;
  const ready = isReady(view) ? "True" : "False";
  const why = outcome === "Succeeded" ? { reason: "PodCompleted" } : outcome === "Failed" ? { reason: "PodFailed" } : {};
  const condition = (type: string, status: string, lastTransitionTime: string, rest: Json = {}): Json => ({
    type,
    status,
    lastTransitionTime,
    ...rest,
  });
  return {
    phase: outcome ?? (prepared ? "Running" : "Pending"),
    podIP: ip,
    podIPs: [{ ip }],
    hostIP: nodeIp,
    hostIPs: [{ ip: nodeIp }],
    startTime,
    conditions: [
      condition("PodReadyToStartContainers", outcome ? "False" : "True", outcome ? readySince : startTime),
      condition("Initialized", prepared ? "True" : "False", startTime),
      condition("ContainersReady", ready, readySince, why),
      condition("Ready", ready, readySince, why),
    ],
    initContainerStatuses: ((pod.spec.initContainers ?? []) as Json[]).map((container) => initStatus(container, view)),
    containerStatuses: (pod.spec.containers as Json[]).map((container) => containerStatus(container, view)),
  };
}

function initStatus(container: Json, view: PodView): Json {
  // An init container that restarts always is a sidecar: it runs as long as the pod.
  if (container.restartPolicy === "Always") {
    return { ...identity(container), ...still(view), restartCount: 0 };
  }
  const { startTime: startedAt, processes } = view;
  const played = processes?.get(container.name);
  if (played) {
    const { started, restarts, state } = played;
    return { ...identity(container), ready: state.terminated?.exitCode === 0, started, restartCount: restarts, state };
  }
  return {
    ...identity(container),
    ready: true,
    started: false,
    restartCount: 0,
    state: { terminated: completed(startedAt, startedAt) },
  };
}

function containerStatus(container: Json, view: PodView): Json {
  const played = view.processes?.get(container.name);
  if (played === undefined) {
    return { ...identity(container), ...still(view), restartCount: 0 };
  }
  const { ready, started, restarts, pid, state } = played;
  return { ...identity(container), containerID: `process://${pid ?? 0}`, ready, started, restartCount: restarts, state };
}

function still({ startTime, outcome, readySince }: PodView): Json {
  if (outcome === undefined) {
    return { ready: true, started: true, state: { running: { startedAt: startTime } } };
  }
  const terminated = { ...completed(startTime, readySince), ...(outcome === "Failed" && { exitCode: 1, reason: "Error" }) };
  return { ready: false, started: false, state: { terminated } };
}

function identity({ name, image }: Json): Json {
  return { name, image, imageID: image, containerID: `process://${name}` };
}

const completed = (startedAt: string, finishedAt: string): Json => ({ exitCode: 0, reason: "Completed", startedAt, finishedAt });
