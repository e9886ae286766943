import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { EngineFailure } from "#engine/failure";
import type { Phase } from "#rehearsal/phase";
import { type RehearsalOptions, rehearse } from "#rehearsal/rehearsal";
import type { PhaseName } from "#rehearsal/results";
import { MachineError } from "#toolchain/errors";
import { outcome } from "./sample.ts";

/** A rehearsal of these phases, and everything that happens in it. */
function rehearsed(phases: readonly Partial<Phase>[], options: Partial<RehearsalOptions> = {}, ended?: MachineError) {
  const events: string[] = [];
  const trouble = new AbortController();
  const cluster = {
    trouble: trouble.signal,
    processes: { cause: () => ended },
    memory: () => ({ etcd: 3 * 2 ** 20 }),
    stop: async () => void events.push("stop"),
    writeEnv: () => void events.push("env"),
  };
  const steps = phases.map(
    (phase): Phase => ({
      summary: "",
      needs: [],
      run: async () => ({ detail: "" }) as never,
      ...phase,
      name: phase.name as PhaseName,
    }),
  );
  const start = { name: "control-plane" as const, summary: "", needs: [], run: async () => ({ detail: "up", cluster }) as never };
  const given = {
    environment: "dev",
    inside: { folder: tmpdir() },
    traffic: true,
    keep: false,
    outcome: outcome({ ok: false, phases: [], memory: {} }),
    screen: { begin: (name: string) => void events.push(name), update: () => undefined, end: () => undefined },
    ...options,
  } as unknown as RehearsalOptions;
  return { run: () => rehearse(given, [start, ...steps]), events, trouble };
}

const states = ({ phases }: { phases: { name: string; state: string; detail: string }[] }) =>
  phases.map(({ name, state, detail }) => `${name} ${state} ${detail}`.trim());

describe("a rehearsal", () => {
  it("runs its phases in order, gives each what earlier ones made, and stops the cluster", async () => {
    let given: unknown;
    const { run, events } = rehearsed([
      { name: "project", run: async () => ({ detail: "ready", workspace: "w" }) as never },
      {
        name: "foundation",
        run: async (context) => {
          given = [context.workspace, context.environment, context.cluster.memory()];
          return { detail: "made" } as never;
        },
      },
    ]);
    const told = await run();
    expect(events).toEqual(["control-plane", "project", "foundation", "stop"]);
    expect(given).toEqual(["w", "dev", { etcd: 3 * 2 ** 20 }]);
    expect(told).toMatchObject({ ok: true, memory: { etcd: 3 } });
    expect(states(told)).toEqual(["control-plane done up", "project done ready", "foundation done made"]);
  });

  it("lists what it skips, by the selection or by a phase's own reason", async () => {
    const { run } = rehearsed(
      [
        { name: "release", skip: ({ traffic }) => (traffic ? undefined : "no traffic") },
        { name: "secrets", run: () => Promise.reject(new Error("never")) },
      ],
      { until: "release", traffic: false },
    );
    const told = await run();
    expect(states(told)).toEqual([
      "control-plane done up",
      "release skipped no traffic",
      "secrets skipped after 'release' (--until)",
    ]);
    expect(told.ok).toBe(true);
  });

  it("goes on after a phase that stands apart, and has failed all the same", async () => {
    const failing = (name: PhaseName, message: string): Partial<Phase> => ({
      name,
      apart: true,
      run: () => Promise.reject(new Error(message)),
    });
    const { run, events } = rehearsed([
      failing("scenario-good", "too slow"),
      failing("scenario-errors", "too kind"),
      { name: "destroy" },
    ]);
    const told = await run();
    expect(events).toEqual(["control-plane", "scenario-good", "scenario-errors", "destroy", "stop"]);
    expect(told).toMatchObject({ ok: false, failure: { phase: "scenario-good", reason: "too slow" } });
    expect(states(told).slice(1)).toEqual(["scenario-good failed too slow", "scenario-errors failed too kind", "destroy done"]);
  });

  it("goes on after no phase once the cluster is in trouble", async () => {
    const { run, events, trouble } = rehearsed([
      {
        name: "scenario-good",
        apart: true,
        run: () => {
          trouble.abort(new Error("etcd has ended"));
          return Promise.reject(new Error("no answer"));
        },
      },
      { name: "destroy" },
    ]);
    expect(await run()).toMatchObject({ ok: false, failure: { reason: "etcd has ended" } });
    expect(events).toEqual(["control-plane", "scenario-good", "stop"]);
  });

  it("leaves everything up when it is kept, and says how to reach it", async () => {
    const { run, events } = rehearsed([], { keep: true });
    expect((await run()).ok).toBe(true);
    expect(events).toEqual(["control-plane", "env"]);
  });

  it("ends with what the machine lacks, when a program has ended for it", async () => {
    const ended = new MachineError("The disk is full.", "Free some space.");
    const refused = () => Promise.reject(new Error("connection refused"));
    const { run } = rehearsed([{ name: "platform", run: refused }], {}, ended);
    const reason = "The disk is full. Free some space. (connection refused)";
    expect(await run()).toMatchObject({ ok: false, failure: { phase: "platform", reason } });
  });

  it.each([
    [new Error("no pods"), { phase: "platform", reason: "no pods" }],
    [
      new EngineFailure({
        operation: "up platform-dev",
        resource: { type: "aws:eks/cluster:Cluster", name: "cluster" },
        reason: "refused",
        findings: [],
        log: "/logs/up.log",
      }),
      { phase: "platform", reason: "aws:eks/cluster:Cluster cluster: refused", log: "/logs/up.log" },
    ],
  ])("ends with the first failure, and stops the cluster although it was to be kept", async (error, failure) => {
    const { run, events } = rehearsed([{ name: "platform", run: () => Promise.reject(error) }, { name: "workloads" }], {
      keep: true,
    });
    const told = await run();
    expect(told).toMatchObject({ ok: false, failure });
    expect(events).toEqual(["control-plane", "platform", "stop"]);
  });

  it.each([
    ["that it broke", () => Promise.reject(new Error("interrupted"))],
    ["although it did not notice", async () => ({ detail: "up" }) as never],
  ])("ends with the reason of the scheduler when a pod finds no node in a phase, %s", async (_, end) => {
    const { run, events, trouble } = rehearsed([
      {
        name: "platform",
        run: () => {
          trouble.abort(new Error("0/2 nodes are available: 2 Insufficient cpu."));
          return end();
        },
      },
      { name: "workloads" },
    ]);
    const failure = { phase: "platform", reason: "0/2 nodes are available: 2 Insufficient cpu." };
    expect(await run()).toMatchObject({ ok: false, failure });
    expect(events).toEqual(["control-plane", "platform", "stop"]);
  });
});
