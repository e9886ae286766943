import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Json, Kube } from "#rehearsal/cluster/controlplane/kube";
import { leaks, leftInCluster } from "#rehearsal/phases/leftovers";

const list = (...names: string[]): Json => ({ items: names.map((name) => ({ metadata: { name } })) });

const cluster = (objects: Record<string, Json>): Kube =>
  ({ get: async (path: string) => objects[path], find: async (path: string) => objects[path] }) as unknown as Kube;

describe("what is left in the cluster", () => {
  const own = ["default", "kube-system", "kube-public", "kube-node-lease"];

  it("is empty with the API server's own namespaces and ours, also where some kinds are not served", async () => {
    const kube = cluster({ "/api/v1/namespaces": list(...own, "kueue-system") });
    expect(await leftInCluster(kube, ["kueue-system"])).toEqual([]);
  });

  it("is listed by kind and name", async () => {
    const kube = cluster({
      "/api/v1/namespaces": list(...own, "mlflow"),
      "/apis/karpenter.sh/v1/nodepools": list("training", "inference"),
      "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies": list("queue-guard"),
      "/apis/kueue.x-k8s.io/v1beta2/cohorts": list(),
    });
    expect(await leftInCluster(kube, [])).toEqual([
      "namespace mlflow",
      "nodepools training",
      "nodepools inference",
      "validatingadmissionpolicies queue-guard",
    ]);
  });
});

describe("the search for secrets", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-leaks-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const secret = "https://pager.invalid/0123456789abcdef";
  const write = (path: string, content: string | Buffer): string => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), content);
    return join(folder, path);
  };

  it("finds plain text and base64 in any file at any depth, and counts what it read", () => {
    const plain = write("state/stacks/a.json", `{"url":"${secret}"}`);
    const encoded = write("state/deep/er/b.bin", Buffer.concat([Buffer.of(0, 255), Buffer.from(btoa(secret))]));
    write("state/clean.json", "https://pager.invalid/fedcba9876543210");
    // What another folder holds is looked for there.
    symlinkSync(folder, join(folder, "state", "link"));
    const { files, leaked } = leaks([join(folder, "state"), join(folder, "absent")], [secret]);
    expect({ files, leaked: leaked.sort() }).toEqual({ files: 3, leaked: [encoded, plain].sort() });
  });

  it("finds base64 also where more text follows the secret", () => {
    const longer = write("more/a.json", btoa(`${secret}?source=millrace`));
    expect(leaks([join(folder, "more")], [secret])).toEqual({ files: 1, leaked: [longer] });
  });

  it("finds nothing where there are no secrets", () => {
    expect(leaks([join(folder, "state")], []).leaked).toEqual([]);
  });
});
