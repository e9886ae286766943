import { expect, test } from "vitest";
import { repository } from "#rehearsal/cluster/nodes/containers/images";
import { commandOf, partOf } from "#rehearsal/cluster/nodes/stand-ins";

const DIGEST = `@sha256:${"a".repeat(64)}`;
const pod = (image: string, container: object = {}, owner = "ReplicaSet") => ({
  metadata: { ownerReferences: [{ kind: owner }] },
  spec: { containers: [{ name: "c", image, ...container }] },
});

test.each([
  ["ghcr.io/mlflow/mlflow:v3.17.0-full", "ghcr.io/mlflow/mlflow"],
  [`localhost:5000/a/model-server:1${DIGEST}`, "localhost:5000/a/model-server"],
  ["localhost:5000/nginx", "localhost:5000/nginx"],
])("the repository of %s is %s", (image, name) => expect(repository(image)).toBe(name));

test.each([
  ["a trainer, by digest in any registry", pod(`1.dkr.ecr.eu-west-1.amazonaws.com/millrace-dev/trainer${DIGEST}`), "trainer"],
  ["any other Job", pod("alpine", {}, "Job"), "completes"],
  ["anything else", pod("nginx"), "ready"],
  ["an image whose name only ends alike", pod("example.com/not-a-trainer:1"), "ready"],
])("%s", (_, given, expected) => {
  const part = partOf(given);
  expect(part.kind === "process" ? part.program : part.kind).toBe(expected);
});

test("the first container with a program is the process", () => {
  const both = pod("fluent-bit");
  both.spec.containers.push({ name: "server", image: "trainer" });
  expect(partOf(both)).toEqual({
    kind: "process",
    program: "trainer",
    container: { name: "server", image: "trainer" },
  });
});

test("a pod runs the programs of its images where the first one is here, and those that prepare it", () => {
  const image = { entrypoint: ["/p"], files: { "/p": "/tools/p" } };
  const images = { "prometheus/prometheus": image, "po/reloader": image };
  const of = (...names: string[]) => names.map((name) => ({ name, image: `quay.io/${name}:v1` }));
  const given = (...names: string[]) => ({
    metadata: {},
    spec: { initContainers: of("po/reloader", "other/init"), containers: of(...names) },
  });
  const part = partOf(given("prometheus/prometheus", "po/reloader", "other/proxy"), images);
  const names = (contained: readonly { container: { name?: string } }[]) => contained.map(({ container }) => container.name);
  expect(part.kind === "containers" && [names(part.init), names(part.main)]).toEqual([
    ["po/reloader"],
    ["prometheus/prometheus", "po/reloader"],
  ]);
  // A reloader without what it reloads.
  expect(partOf(given("prometheus/alertmanager", "po/reloader"), images)).toEqual({ kind: "ready" });
});

test("a program has the variables of its container", () => {
  const { argv, env } = commandOf("trainer", { MINE: "1" });
  expect(argv.at(-1)).toMatch(/programs\/trainer\.ts$/);
  expect(env).toEqual({ MINE: "1", PATH: process.env["PATH"] });
});
