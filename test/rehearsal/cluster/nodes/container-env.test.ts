import { expect, test } from "vitest";
import { containerEnv, expand } from "#rehearsal/cluster/nodes/container-env";

const sources = {
  pod: {
    metadata: { name: "p", namespace: "ns", uid: "u", labels: { app: "a" }, annotations: { "x.dev/y": "z" } },
    spec: { nodeName: "n", serviceAccountName: "sa" },
  },
  ip: "10.66.1.1",
  nodeIp: "10.66.0.1",
  room: { cpu: "1930m" },
  read: async (kind: string, name: string) =>
    (({ "Secret/s": { k: "secret" }, "ConfigMap/c": { a: "1", b: "2" } }) as Record<string, Record<string, string>>)[
      `${kind}/${name}`
    ],
};
const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

test("every source that a kubelet supports is read", async () => {
  const env = [
    { name: "PLAIN", value: "v" },
    { name: "JOINED", value: "$(PLAIN)-$(C_a)-$(NONE)-$$(PLAIN)" },
    { name: "EMPTY" },
    field("NAME", "metadata.name"),
    field("IP", "status.podIP"),
    field("LABEL", "metadata.labels['app']"),
    field("NOTE", "metadata.annotations['x.dev/y']"),
    { name: "SECRET", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
    { name: "MAP", valueFrom: { configMapKeyRef: { name: "c", key: "b" } } },
    { name: "LIMIT", valueFrom: { resourceFieldRef: { resource: "limits.memory" } } },
    { name: "LIMIT_MIB", valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: "1Mi" } } },
    { name: "NO_LIMIT", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "0" } } },
    { name: "ABSENT", valueFrom: { secretKeyRef: { name: "none", key: "k", optional: true } } },
  ];
  const container = { env, envFrom: [{ configMapRef: { name: "c" }, prefix: "C_" }], resources: { limits: { memory: "1Gi" } } };
  expect(await containerEnv(container, sources)).toEqual({
    C_a: "1",
    C_b: "2",
    PLAIN: "v",
    JOINED: "v-1-$(NONE)-$(PLAIN)",
    EMPTY: "",
    NAME: "p",
    IP: "10.66.1.1",
    LABEL: "a",
    NOTE: "z",
    SECRET: "secret",
    MAP: "2",
    LIMIT: "1073741824",
    LIMIT_MIB: "1024",
    NO_LIMIT: "2",
  });
});

test.each([
  [{ secretKeyRef: { name: "none", key: "k" } }, 'secret "none" not found'],
  [{ configMapKeyRef: { name: "c", key: "z" } }, "couldn't find key z in ConfigMap c"],
])("what is missing keeps the container from starting", async (valueFrom, message) => {
  await expect(containerEnv({ env: [{ name: "A", valueFrom }] }, sources)).rejects.toThrow(message);
});

test("two dollars stand for one", () => expect(expand("$$ $$(A) $(A)", { A: "1" })).toBe("$ $(A) 1"));
