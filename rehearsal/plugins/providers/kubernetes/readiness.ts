// When is an object done? As the real provider decides it, for the kinds that a program waits for.

import { setTimeout as sleep } from "node:timers/promises";
import type { Bag } from "#engine/values";
import type { Kube } from "../../../cluster/controlplane/kube.ts";
import type { Operation } from "../../protocol/stand-in.ts";
import { wantedBy } from "./wait-for.ts";

/** Seconds that the real provider gives a workload to become ready. */
const DEFAULT_SECONDS = 600;

/** Ready, or why not yet; a reason marked final will not go away by waiting. */
type State = { readonly ready: true } | { readonly ready: false; readonly reason: string; readonly final?: boolean };

const READY: State = { ready: true };
const waiting = (reason: string, final = false): State => ({ ready: false, reason, final });

const condition = (object: Bag, type: string, status = "True"): Bag | undefined =>
  object["status"]?.conditions?.find((entry: Bag) => entry["type"] === type && entry["status"] === status);

function replicasReady({ metadata, spec, status = {} }: Bag): State {
  const wanted = spec?.replicas ?? 1;
  const [updated, ready] = [status.updatedReplicas ?? 0, status.readyReplicas ?? 0];
  return status.observedGeneration >= metadata.generation && updated >= wanted && ready >= wanted
    ? READY
    : waiting(`${ready} of ${wanted} replicas are ready, ${updated} are of this revision`);
}

/** Kinds whose readiness takes a kubelet, or something that plays one. */
const workloads: Readonly<Record<string, (object: Bag) => State>> = {
  Deployment: (object) => {
    const stuck = condition(object, "Progressing", "False");
    return object["spec"]?.paused === true
      ? READY
      : stuck
        ? waiting(`${stuck["reason"]}: ${stuck["message"]}`, true)
        : replicasReady(object);
  },
  StatefulSet: replicasReady,
  DaemonSet: ({ metadata, status = {} }) => {
    const [ready, wanted] = [status.numberReady ?? 0, status.desiredNumberScheduled ?? 0];
    return status.observedGeneration >= metadata.generation && ready >= wanted
      ? READY
      : waiting(`${ready} of ${wanted} pods are ready`);
  },
  Job: (object) => {
    const failed = condition(object, "Failed");
    if (failed) {
      return waiting(`${failed["reason"]}: ${failed["message"]}`, true);
    }
    return condition(object, "Complete") || object["spec"]?.suspend === true ? READY : waiting("it has not completed");
  },
};

function stateOf(object: Bag, seen: Bag): State {
  const { annotations = {} } = object["metadata"];
  const wanted: string | undefined = annotations["pulumi.com/waitFor"];
  if (wanted !== undefined) {
    return wantedBy(wanted)(seen) ? READY : waiting(`it is not as pulumi.com/waitFor wants it: ${wanted}`);
  }
  if (object["kind"] === "CustomResourceDefinition") {
    // Custom resources in the same program fail until their definition is served.
    return condition(seen, "Established") ? READY : waiting("it is not established");
  }
  const builtIn = /^(apps|batch)\//.test(object["apiVersion"]) && process.env["MILLRACE_AWAIT"] !== "false";
  return (builtIn ? workloads[object["kind"]]?.(seen) : undefined) ?? READY;
}

/** Polls until the object is ready; returns its last state and, if it did not become so, why not. */
export async function settle(
  kube: Kube,
  path: string,
  object: Bag,
  operation: Operation,
): Promise<{ live: Bag; notReady?: string[] }> {
  const { annotations = {} } = object["metadata"];
  if (annotations["pulumi.com/skipAwait"] === "true") {
    return { live: object };
  }
  const seconds = Number(annotations["pulumi.com/timeoutSeconds"] ?? (operation.timeoutSeconds || DEFAULT_SECONDS));
  const deadline = Date.now() + seconds * 1000;
  for (let live = object; ; live = (await kube.find(path)) ?? live) {
    const state = stateOf(object, live);
    if (state.ready) {
      return { live };
    }
    const ended = state.final
      ? ""
      : operation.signal.aborted
        ? " when interrupted"
        : Date.now() >= deadline
          ? ` after ${seconds} s`
          : undefined;
    if (ended !== undefined) {
      return { live, notReady: [`${live["kind"]} ${live["metadata"].name} was not ready${ended}: ${state.reason}`] };
    }
    await pause(200, operation.signal);
  }
}

/** Deletion is done when the object is gone: finalizers may still be at work after the request. */
export async function gone(kube: Kube, path: string, { timeoutSeconds, signal }: Operation): Promise<void> {
  const seconds = timeoutSeconds || DEFAULT_SECONDS;
  const deadline = Date.now() + seconds * 1000;
  let live = await kube.find(path);
  for (let wait = 20; live && Date.now() < deadline && !signal.aborted; wait = Math.min(wait * 2, 1000)) {
    await pause(wait, signal);
    live = await kube.find(path);
  }
  if (live) {
    const finalizers: string[] = live["metadata"].finalizers ?? live["spec"]?.finalizers ?? [];
    const why = signal.aborted ? "interrupted" : `timed out after ${seconds} s`;
    throw new Error(`${why} while waiting for ${path} to be deleted; finalizers: ${finalizers.join(", ") || "none"}`);
  }
}

/** Sleeps, less when the user interrupts. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<unknown> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined);
