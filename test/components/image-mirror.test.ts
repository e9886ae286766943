import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { Component, type ComponentOptions } from "#components/component";
import { mirrored } from "#components/image-mirror";
import { record, refusal } from "../harness/graph.ts";

const MIRROR = "111111111111.dkr.ecr.eu-north-1.amazonaws.com/mirror";

it.each([
  ["quay.io/jetstack/cert-manager-controller:v1", `${MIRROR}/quay.io/jetstack/cert-manager-controller:v1`],
  ["busybox", `${MIRROR}/docker.io/library/busybox`],
  ["busybox:1.28", `${MIRROR}/docker.io/library/busybox:1.28`],
  ["grafana/grafana@sha256:ab", `${MIRROR}/docker.io/grafana/grafana@sha256:ab`],
  ["docker.io/istio/pilot", `${MIRROR}/docker.io/istio/pilot`],
  ["localhost:5000/a:b", `${MIRROR}/localhost:5000/a:b`],
  ["222222222222.dkr.ecr.eu-north-1.amazonaws.com/own:1", "222222222222.dkr.ecr.eu-north-1.amazonaws.com/own:1"],
  [`${MIRROR}/quay.io/a/b`, `${MIRROR}/quay.io/a/b`],
])("%s is %s in a mirror", (image, inMirror) => expect(mirrored(image, MIRROR)).toBe(inMirror));

class Jobs extends Component {
  constructor(name: string, opts?: ComponentOptions) {
    super("storage:Jobs", name, {}, opts);
    const child = { parent: this };
    const containers = [{ name: "a", image: pulumi.output("quay.io/a/b:1") }];
    const spec = {
      template: { spec: { restartPolicy: "Never", initContainers: [{ name: "i", image: "busybox" }], containers } },
    };
    new k8s.batch.v1.CronJob(`${name}-cron`, { spec: { schedule: "@daily", jobTemplate: { spec } } }, child);
    new k8s.apiextensions.CustomResource(
      `${name}-rollout`,
      { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", spec: pulumi.output(spec) },
      child,
    );
    new k8s.core.v1.ConfigMap(`${name}-map`, { data: { image: "quay.io/a/b:1" } }, child);
    this.registerOutputs({});
  }
}

/** A pod in which everything that names an image is plain, or known only later, as `as` makes it. */
const pod = (as: <T>(value: T) => unknown) => ({
  containers: as([as({ name: "a", image: as("quay.io/a/b:1") })]),
  initContainers: as([{ name: "i", image: as("busybox") }]),
  ephemeralContainers: [as({ name: "e", image: "docker.io/e" })],
  volumes: as([as({ name: "v", image: as({ reference: as("ghcr.io/models/m:1"), pullPolicy: "Always" }) })]),
});

const WAYS: readonly [what: string, as: <T>(value: T) => unknown][] = [
  ["plain", (value) => value],
  ["outputs", (value) => pulumi.output(value)],
  ["promises", (value) => Promise.resolve(value)],
  ["secrets", (value) => pulumi.secret(value)],
];

const PARTS = ["quay.io/a/b:1", "docker.io/library/busybox", "docker.io/e", "ghcr.io/models/m:1"];

class Pods extends Component {
  constructor(name: string, as: <T>(value: T) => unknown, opts?: ComponentOptions) {
    super("storage:Pods", name, {}, opts);
    const child = { parent: this };
    const spec: any = as({ selector: as({}), template: as({ spec: as(pod(as)) }) });
    new k8s.core.v1.Pod(`${name}-pod`, { spec: as(pod(as)) as any }, child);
    for (const kind of ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] as const) {
      new k8s.apps.v1[kind](`${name}-${kind}`, { spec }, child);
    }
    new k8s.batch.v1.Job(`${name}-job`, { spec }, child);
    new k8s.batch.v1.CronJob(`${name}-cron`, { spec: { schedule: "@daily", jobTemplate: as({ spec }) as any } }, child);
    const own = (kind: string, body: object) =>
      new k8s.apiextensions.CustomResource(`${name}-${kind}`, { apiVersion: "a/v1", kind, ...body }, child);
    own("Rollout", { spec });
    own("RayCluster", { spec: { workerGroupSpecs: as([as({ template: as({ spec: as(pod(as)) }) })]) } });
    own("Workflow", {
      spec: {
        templates: as([
          as({ container: as({ image: as(PARTS[0]) }), sidecars: as([{ image: as("busybox") }]) }),
          { script: { image: as("docker.io/e"), source: "x" }, volumes: [{ image: { reference: as(PARTS[3]) } }] },
        ]),
      },
    });
    new k8s.helm.v3.Release(
      `${name}-release`,
      {
        chart: "any",
        values: as({ extraInitContainers: as([as({ image: as("busybox") })]), image: { repository: "quay.io/a/b" } }) as any,
      },
      child,
    );
    this.registerOutputs({});
  }
}

const images = async (opts?: ComponentOptions): Promise<string[]> =>
  (await record(() => void new Jobs("jobs", opts))).flatMap(({ inputs }) =>
    [...JSON.stringify(inputs).matchAll(/"image":"([^"]+)"/g)].map(([, image]) => image!),
  );

describe("mirror.images", () => {
  it("is where every container of every pod comes from, known now or later, and nothing else that is called an image", async () => {
    const [job, init] = ["quay.io/a/b:1", "docker.io/library/busybox"].map((image) => `registry.example.com/${image}`);
    const moved = await images({ mirror: { images: "registry.example.com" } });
    expect(moved).toHaveLength(5);
    expect(Object.entries(Object.groupBy(moved, (image) => image)).map(([image, all]) => [image, all?.length])).toEqual(
      expect.arrayContaining([
        [init, 2],
        [job, 2],
        ["quay.io/a/b:1", 1],
      ]),
    );
    expect((await images()).filter((image) => image!.startsWith("registry"))).toEqual([]);
  });

  it.each(WAYS)("is where images of every kind of pod come from, given as %s", async (_, as) => {
    const resources = await record(() => void new Pods("pods", as, { mirror: { images: "registry.example.com" } }));
    const named = (inputs: unknown) =>
      [...JSON.stringify(inputs).matchAll(/"(?:image|reference)":"([^"]+)"/g)].map(([, image]) => image!).toSorted();
    const wanted = PARTS.map((image) => `registry.example.com/${image}`).toSorted();
    const [own, release] = [resources.filter(({ type }) => type.startsWith("kubernetes:")), "kubernetes:helm.sh/v3:Release"];
    expect(own).toHaveLength(11);
    for (const { type, name, inputs } of own) {
      const moved = type === release ? ["registry.example.com/docker.io/library/busybox"] : wanted;
      expect([name, named(inputs)]).toEqual([name, moved]);
    }
  });

  it.each(["https://registry.example.com", "registry.example.com/", "mirror", ""])("refuses %j", async (place) => {
    expect(await refusal(() => new Jobs("jobs", { mirror: { images: place } }))).toBe(
      `'mirror.images' must be the beginning of an image's name, <registry>/<path>, without a scheme and without a slash at the end, got '${place}'`,
    );
  });
});
