import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Played, PodProcesses, type PodProcessesOptions } from "#rehearsal/cluster/nodes/pod-processes";

let folder: string;
let pod: PodProcesses | undefined;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "pod-processes-"))));
afterEach(async () => {
  await pod?.stop(0);
  rmSync(folder, { recursive: true });
});

/** A container that writes its name at its start and does what the text says. */
const container = (name: string, text: string): Played => ({
  container: { name },
  log: join(folder, `${name}.log`),
  command: async () => ({
    argv: [process.execPath, "-e", `fs.appendFileSync("${join(folder, "order")}", "${name} ");${text}`],
    env: {},
  }),
});
const STAYS = "setInterval(() => undefined, 1000)";

function start(init: Played[], main: Played[], rest: Partial<PodProcessesOptions> = {}): PodProcesses {
  pod = new PodProcesses({ restartPolicy: "Always", ip: "127.0.0.1", onChange: () => undefined, ...rest, init, main });
  pod.start();
  return pod;
}

const order = () => (existsSync(join(folder, "order")) ? readFileSync(join(folder, "order"), "utf8").trim() : "");
const until = (holds: () => boolean) => vi.waitFor(() => expect(holds()).toBe(true), { timeout: 5_000, interval: 10 });

test("containers that prepare the others run one after the other, again when they fail, and before all others", async () => {
  const first = container(
    "first",
    `if (!fs.existsSync("${"$"}{D}/once")) { fs.writeFileSync("${"$"}{D}/once", ""); process.exit(3) }`,
  );
  const command = async () => {
    const { argv, env } = await first.command();
    return { argv: [argv[0], argv[1]!, argv[2]!.replaceAll("${D}", folder)] as const, env };
  };
  const { states } = start([{ ...first, command }, container("second", "")], [container("one", STAYS), container("two", STAYS)]);
  expect([...states.keys()]).toEqual(["first", "second", "one", "two"]);
  await until(() => pod!.pids.length === 2 && order().split(" ").length === 5);
  expect(order().split(" ").slice(0, 3)).toEqual(["first", "first", "second"]);
  expect(pod!.prepared).toBe(true);
  expect(states.get("first")).toMatchObject({ restarts: 1, state: { terminated: { exitCode: 0 } } });
});

test("nothing else starts when one that prepares fails for good", async () => {
  const onEnd = vi.fn();
  start([container("broken", "process.exit(1)")], [container("main", STAYS)], { restartPolicy: "Never", onEnd });
  await until(() => onEnd.mock.calls.length === 1);
  expect([order(), pod!.outcome, pod!.prepared]).toEqual(["broken", "Failed", false]);
});

test("a pod has ended when all its containers have", async () => {
  start([], [container("quick", ""), container("slow", "setTimeout(() => process.exit(4), 200)")], { restartPolicy: "Never" });
  await until(() => pod!.states.get("quick")!.state["terminated"] !== undefined);
  expect(pod!.outcome).toBeUndefined();
  await until(() => pod!.outcome !== undefined);
  expect(pod!.outcome).toBe("Failed");
});

test("a pod that is stopped while it is prepared starts nothing more", async () => {
  start([container("long", STAYS)], [container("main", STAYS)]);
  await until(() => order() === "long");
  await pod!.stop(1);
  expect(order()).toBe("long");
});
