import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Json, Kube } from "#rehearsal/cluster/controlplane/kube";
import { stuckNamespaces } from "#rehearsal/cluster/stuck-namespaces";

const DISCOVERY = {
  type: "NamespaceDeletionDiscoveryFailure",
  status: "True",
  message: "stale GroupVersion discovery: visibility",
};
const FINALIZERS = { type: "NamespaceFinalizersRemaining", status: "True", message: "x.dev in 1 resource instances" };

const namespace = (conditions: Json[] | undefined, name = "mlflow"): Json => ({
  metadata: { name, ...(conditions && { deletionTimestamp: "2026-11-29T17:00:00Z" }) },
  status: { conditions: conditions ?? [] },
});

function watched() {
  let tell: (type: string, object: Json) => void = () => undefined;
  const kube = { watch: (_path: string, _query: string, onEvent: typeof tell) => (tell = onEvent) } as unknown as Kube;
  const ended = new AbortController();
  const stuck = stuckNamespaces(kube, ended.signal);
  return { tell: (type: string, object: Json) => tell(type, object), stuck, ended };
}

describe("namespaces that cannot go", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are told with the API server's reason, the one that explains the others first", () => {
    const { tell, stuck } = watched();
    tell("MODIFIED", namespace([FINALIZERS]));
    tell("MODIFIED", namespace([FINALIZERS, DISCOVERY]));
    vi.advanceTimersByTime(89_000);
    expect(stuck.aborted).toBe(false);
    vi.advanceTimersByTime(2_000);
    expect((stuck.reason as Error).message).toBe("namespace mlflow cannot be deleted: stale GroupVersion discovery: visibility");
  });

  it.each<[what: string, type: string, object: Json]>([
    ["it goes", "DELETED", namespace([DISCOVERY])],
    ["nothing keeps it any more", "MODIFIED", namespace([{ ...DISCOVERY, status: "False" }])],
  ])("are no trouble when %s in time", (_what, type, object) => {
    const { tell, stuck } = watched();
    tell("MODIFIED", namespace([DISCOVERY]));
    vi.advanceTimersByTime(60_000);
    tell(type, object);
    vi.advanceTimersByTime(600_000);
    expect(stuck.aborted).toBe(false);
  });

  it("are no trouble while they are not deleted, or after the end of the cluster", () => {
    const { tell, stuck, ended } = watched();
    tell("MODIFIED", namespace(undefined));
    tell("MODIFIED", namespace([DISCOVERY], "other"));
    ended.abort();
    vi.advanceTimersByTime(600_000);
    expect(stuck.aborted).toBe(false);
  });
});
