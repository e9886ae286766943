import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Kube } from "#rehearsal/cluster/controlplane/kube";
import { PodVolumes } from "#rehearsal/cluster/nodes/containers/volumes";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "millrace-volumes-"))));
afterEach(() => rmSync(folder, { recursive: true }));

type Content = Record<string, Record<string, string | Buffer> | undefined>;

/** Volumes of a pod, over Secrets and ConfigMaps that a test changes. */
function podVolumes(volumes: object[], content: Content): PodVolumes {
  let tokens = 0;
  const kube = { call: async () => ({ status: { token: `t${++tokens}` } }) } as unknown as Kube;
  const pod = { metadata: { name: "p", namespace: "n", uid: "u", labels: { a: "b" } }, spec: { volumes } };
  const read = async (kind: string, name: string) => content[`${kind}/${name}`];
  return new PodVolumes(kube, folder, { pod, ip: "10.0.0.1", nodeIp: "10.0.0.2", read });
}

const filesIn = (volume: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, volume), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [
        join(parentPath, name).slice(join(folder, volume).length + 1),
        readFileSync(join(parentPath, name), "utf8"),
      ]),
  );

describe("volumes of a pod that runs", () => {
  it.each<[what: string, volume: object, from: string]>([
    ["a Secret", { secret: { secretName: "s" } }, "Secret/s"],
    ["a ConfigMap", { configMap: { name: "s" } }, "ConfigMap/s"],
    ["a projected Secret", { projected: { sources: [{ secret: { name: "s" } }] } }, "Secret/s"],
  ])("have no key that was removed from %s", async (_, volume, from) => {
    const content: Content = { [from]: { kept: "1", gone: "2" } };
    const volumes = podVolumes([{ name: "v", ...volume }], content);
    await volumes.write();
    expect(filesIn("v")).toEqual({ kept: "1", gone: "2" });
    content[from] = { kept: "3", new: "4" };
    await volumes.write();
    expect(filesIn("v")).toEqual({ kept: "3", new: "4" });
  });

  it("are empty where an optional source is deleted, folders too, and as they were where another one is", async () => {
    const items = [{ key: "k", path: "deep/er/k" }];
    const [optional, needed] = [true, false].map((optional) => ({ secret: { secretName: "s", optional, items } }));
    const content: Content = { "Secret/s": { k: "1" } };
    const volumes = podVolumes(
      [
        { name: "o", ...optional },
        { name: "n", ...needed },
      ],
      content,
    );
    await volumes.write();
    for (const left of [{}, undefined]) {
      content["Secret/s"] = left;
      await expect(volumes.write()).rejects.toThrow(/non-existent secret key: k|secret "s" not found/);
      expect([readdirSync(join(folder, "o")), filesIn("n")]).toEqual([[], { "deep/er/k": "1" }]);
    }
  });

  it("hold what is no text byte for byte, and a file that is mounted by itself stays as it was", async () => {
    const packed = Buffer.from([0x1f, 0x8b, 0xff, 0x00]);
    const content: Content = { "Secret/s": { "a.gz": packed, b: "1" } };
    const volumes = podVolumes([{ name: "v", secret: { secretName: "s" } }], content);
    await volumes.write();
    expect(readFileSync(join(folder, "v", "a.gz"))).toEqual(packed);
    const mounted = openSync(join(folder, "v", "b"), "r");
    content["Secret/s"] = { "a.gz": packed, b: "2" };
    await volumes.write();
    expect([filesIn("v")["b"], readFileSync(mounted, "utf8")]).toEqual(["2", "1"]);
    closeSync(mounted);
  });

  it("keep a token, what a pod wrote into a folder of its own, and what other sources put beside", async () => {
    const content: Content = { "ConfigMap/c": { ca: "1" } };
    const sources = [
      { serviceAccountToken: { path: "token" } },
      { configMap: { name: "c" } },
      { downwardAPI: { items: [{ path: "labels/name", fieldRef: { fieldPath: "metadata.name" } }] } },
    ];
    const volumes = podVolumes(
      [
        { name: "v", projected: { sources } },
        { name: "own", emptyDir: {} },
      ],
      content,
    );
    await volumes.write();
    writeFileSync(join(folder, "own", "written"), "x");
    content["ConfigMap/c"] = {};
    await volumes.write();
    expect([filesIn("v"), filesIn("own")]).toEqual([{ token: "t1", "labels/name": "p" }, { written: "x" }]);
  });
});
