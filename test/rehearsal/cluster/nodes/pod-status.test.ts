import { expect, test } from "vitest";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { isReady, type PodView, podStatus } from "#rehearsal/cluster/nodes/pod-status";

const pod = {
  spec: {
    initContainers: [
      { name: "fetch", image: "a:1" },
      { name: "proxy", image: "b:1", restartPolicy: "Always" },
    ],
    containers: [
      { name: "server", image: "c:1" },
      { name: "logger", image: "d:1" },
    ],
  },
};
const view = (rest: Partial<PodView>): PodView => ({
  pod,
  ip: "10.66.1.1",
  nodeIp: "10.66.0.1",
  startTime: "t0",
  readySince: "t1",
  ...rest,
});
const running = { ready: true, started: true, restarts: 2, pid: 7, state: { running: { startedAt: "t0" } } };
const ready = (status: Json): string => status.conditions.find(({ type }: Json) => type === "Ready").status;

test("without a process every container runs and the pod is ready", () => {
  const status = podStatus(view({}));
  expect([status.phase, ready(status), status.podIP]).toEqual(["Running", "True", "10.66.1.1"]);
  expect(status.containerStatuses.map(({ name, ready: is }: Json) => [name, is])).toEqual([
    ["server", true],
    ["logger", true],
  ]);
  expect(status.initContainerStatuses.map(({ name, state }: Json) => [name, Object.keys(state)[0]])).toEqual([
    ["fetch", "terminated"],
    ["proxy", "running"],
  ]);
});

test("with a process the pod is as ready as the process", () => {
  const up = view({ processes: new Map([["server", running]]) });
  expect(podStatus(up).containerStatuses[0]).toEqual({
    name: "server",
    image: "c:1",
    imageID: "c:1",
    containerID: "process://7",
    ready: true,
    started: true,
    restartCount: 2,
    state: running.state,
  });
  const down = view({ processes: new Map([["server", { ...running, ready: false }]]) });
  expect([isReady(up), isReady(down), ready(podStatus(down))]).toEqual([true, false, "False"]);
});

test("a pod waits for the containers that prepare the others", () => {
  const ended = { ...running, ready: false, state: { terminated: { exitCode: 0 } } };
  const waiting = podStatus(
    view({ prepared: false, processes: new Map([["fetch", { ...running, restarts: 1, ready: false }]]) }),
  );
  const initialized = ({ conditions }: Json) => conditions.find(({ type }: Json) => type === "Initialized").status;
  expect([waiting.phase, initialized(waiting)]).toEqual(["Pending", "False"]);
  expect(waiting.initContainerStatuses[0]).toMatchObject({ ready: false, restartCount: 1, state: running.state });
  const done = podStatus(view({ prepared: true, processes: new Map([["fetch", ended]]) }));
  expect([done.phase, initialized(done), done.initContainerStatuses[0].ready]).toEqual(["Running", "True", true]);
});

test("a pod is ready when all its processes are", () => {
  const pair = (logger: boolean) =>
    isReady(
      view({
        processes: new Map([
          ["server", running],
          ["logger", { ...running, ready: logger }],
        ]),
      }),
    );
  expect([pair(true), pair(false)]).toEqual([true, false]);
});

test("a pod that has ended is not ready", () => {
  const status = podStatus(view({ outcome: "Succeeded" }));
  expect([status.phase, ready(status)]).toEqual(["Succeeded", "False"]);
  expect(status.containerStatuses[0].state.terminated).toEqual({
    exitCode: 0,
    reason: "Completed",
    startedAt: "t0",
    finishedAt: "t1",
  });
});
