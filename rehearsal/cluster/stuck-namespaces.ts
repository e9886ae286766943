import type { Json, Kube } from "./controlplane/kube.ts";

/** Conditions that keep a namespace from going, in the order in which they explain it (Kubernetes API, NamespaceConditionType). */
const REASONS = [
  "NamespaceDeletionDiscoveryFailure",
  "NamespaceDeletionGroupVersionParsingFailure",
  "NamespaceDeletionContentFailure",
  "NamespaceFinalizersRemaining",
];

/** Longest time that a namespace may take to go once it says that something keeps it, seconds. Finalizers take some. */
const PATIENCE_SECONDS = 90;

/**
 * Watches namespaces that are being deleted. The engine would wait ten minutes for one that cannot go, and then say only that it was there.
 *
 * @returns aborted, with the namespace's own reason, once one has been kept for too long.
 */
export function stuckNamespaces(kube: Kube, ended: AbortSignal): AbortSignal {
  const stuck = new AbortController();
  const kept = new Map<string, { timer: NodeJS.Timeout; why: string }>();
  const forget = (name: string): void => {
    clearTimeout(kept.get(name)?.timer);
    kept.delete(name);
  };
  const onNamespace = (type: string, { metadata, status }: Json): void => {
    if (type === "SYNC") {
      return;
    }
    const { name } = metadata as { name: string };
    const why = type !== "DELETED" && metadata.deletionTimestamp ? whyKept(status) : undefined;
    const known = kept.get(name);
    if (why === undefined) {
      forget(name);
    } else if (known) {
      known.why = why;
    } else {
      const timer = setTimeout(
        () => stuck.abort(new Error(`namespace ${name} cannot be deleted: ${kept.get(name)?.why}`)),
        PATIENCE_SECONDS * 1_000,
      );
      kept.set(name, { timer, why });
    }
  };
  void kube.watch("/api/v1/namespaces", "", onNamespace, ended);
  ended.addEventListener("abort", () => [...kept.keys()].forEach(forget));
  return stuck.signal;
}

/** What keeps a namespace, in the API server's words. */
export function whyKept(status: Json | undefined): string | undefined {
  const holding = ((status?.["conditions"] ?? []) as Json[]).filter((each) => each["status"] === "True");
  return REASONS.flatMap((reason) => holding.filter(({ type }) => type === reason)).map(({ message }) => String(message))[0];
}
