import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CopyProgress, copyArtifacts } from "#promotion/artifacts/copy-artifacts";
import { modelReleaseOf } from "../../harness/releases.ts";
import { ImageMaker, type RegistryServer, registryServer } from "./registry-server.ts";
import { digestOf, storeWith } from "./trees.ts";

const FILES = { MLmodel: "flavors", "data/model.bin": "weights" };
const PATH = "models/fraud/3";

let [source, target]: RegistryServer[] = [];
beforeAll(async () => {
  [source, target] = [await registryServer(), await registryServer()];
});
afterAll(async () => void (await Promise.all([source!.close(), target!.close()])));

const release = (digest = `sha256:${"0".repeat(64)}`) =>
  modelReleaseOf("fraud", "3", { path: PATH, sha256: digestOf(FILES), image: { digest, repository: "model-server" } });

const stores = () => ({
  source: { models: `file://${storeWith(PATH, FILES)}` },
  target: { models: `file://${storeWith(PATH)}` },
});

describe("artifacts of a release", () => {
  it("are a model's files where no registry is named, as in a rehearsal", async () => {
    const route = stores();
    const { model, images } = await copyArtifacts(release(), route);
    expect(model.copied.files).toBe(2);
    expect(images).toEqual([]);
    expect((await copyArtifacts(release(), route)).model.skipped.files).toBe(2);
  });

  it("are the files and the image, which is tagged with the version", async () => {
    const { digest } = new ImageMaker(source!, "millrace-dev/model-server").image("server");
    const { source: from, target: to } = stores();
    const seen = new Set<string>();
    const { images } = await copyArtifacts(
      release(digest),
      {
        source: { ...from, images: `${source!.host}/millrace-dev` },
        target: { ...to, images: `${target!.host}/millrace-staging` },
      },
      (progress: CopyProgress) => seen.add(progress.what),
    );
    expect(images).toMatchObject([{ manifests: { copied: 1 } }]);
    expect(target!.manifests.has("millrace-staging/model-server:fraud-3")).toBe(true);
    expect([...seen]).toEqual(["model", "image"]);
  });

  it("are the image that fetches too, where the server's own does not", async () => {
    const server = new ImageMaker(source!, "millrace-dev/triton").image("publisher's");
    const fetcher = new ImageMaker(source!, "millrace-dev/model-server").image("fetches");
    const { source: from, target: to } = stores();
    const published = {
      ...release(),
      runtime: "triton" as const,
      image: { digest: server.digest, repository: "triton" },
      fetcher: { digest: fetcher.digest, repository: "model-server" },
    };
    const { images } = await copyArtifacts(published, {
      source: { ...from, images: `${source!.host}/millrace-dev` },
      target: { ...to, images: `${target!.host}/millrace-staging` },
    });
    expect(images).toHaveLength(2);
    expect(target!.manifests.has("millrace-staging/triton:fraud-3")).toBe(true);
    expect(target!.manifests.has("millrace-staging/model-server:fraud-3-fetcher")).toBe(true);
  });

  it("that stop at the image say that the files are there", async () => {
    const { source: from, target: to } = stores();
    const route = {
      source: { ...from, images: `${source!.host}/millrace-dev` },
      target: { ...to, images: `${target!.host}/millrace-staging` },
    };
    await expect(copyArtifacts(release(), route)).rejects.toThrow(
      `${source!.host}/millrace-dev/model-server must have the image sha256:${"0".repeat(64)} of the release, got none. ` +
        `The files of 'models/fraud/3/' are in ${to.models}, the image is not in ${target!.host}/millrace-staging/model-server yet. ` +
        `The same command goes on from there`,
    );
  });

  it.each(["https://registry.example.com", "registry.example.com/UPPER", "registry.example.com/a:tag", "", "a/../b", "a//b"])(
    "are refused with the registry %j, before anything is copied",
    async (images) => {
      const { source: from, target: to } = stores();
      await expect(copyArtifacts(release(), { source: { ...from, images }, target: to })).rejects.toThrow(
        `a registry of images must be <registry>/<prefix> without a scheme, got ${JSON.stringify(images)}`,
      );
    },
  );
});
