import { describe, expect, it } from "vitest";
import { record } from "#plan/record";
import type { ServedModel } from "#stacks/inputs/models";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import { workloads } from "#stacks/workloads/workloads";
import { contextOf, foundation, many, references } from "./workloads-fixture.ts";

const FETCHER = { repository: "model-server", digest: `sha256:${"f".repeat(64)}` };
const ECR = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";

/** The pods of a model whose entry and release say this of the program that serves it. */
async function podsOf(
  runtime: ServedModel["runtime"],
  released: Partial<ModelRelease>,
  gpus = 0,
  own: Partial<ServedModel> = {},
): Promise<any> {
  const context = contextOf("dev");
  const profile = { ...context.profile, serving: { ...context.profile.serving, maxReplicas: 2, gpus } };
  const { models, release } = many(1);
  const { path: _, ...fraud } = models["fraud"]!;
  const given = {
    models: { fraud: { ...fraud, ...own, ...(runtime && { runtime }) } },
    release: { ...release, models: { fraud: { ...release.models["fraud"]!, ...released } } },
  };
  const layers = references("dev");
  const { resources } = await record(() => workloads({ ...context, profile }, given), {
    stack: "workloads-dev",
    references: {
      ...layers,
      "organization/millrace/foundation-dev": {
        ...foundation,
        registries: { ...foundation.registries, triton: `${ECR}/triton` },
      },
    },
  });
  const of = (name: string): any => resources.find((each) => each.name === name && each.custom)?.inputs["spec"];
  return { pod: of("fraud-rollout").template.spec, matches: of("fraud-root").http[0].match };
}

const published = (runtime: ModelRelease["runtime"]): Partial<ModelRelease> => ({
  runtime,
  image: { repository: "triton", digest: `sha256:${"b".repeat(64)}` },
  fetcher: FETCHER,
});

it("another program than ours predicts for no table", async () => {
  const batch = { table: "payments", schedule: "@daily" };
  await expect(podsOf({ kind: "triton" }, published("triton"), 0, { batch })).rejects.toThrow(
    "stacks/inputs/models.ts: fraud.batch must be left out beside the runtime 'triton': our own image predicts for tables, with models of MLflow",
  );
});

describe("a model that another program serves", () => {
  it("has the publisher's image, and one of ours that fetches and verifies its files", async () => {
    const { pod, matches } = await podsOf({ kind: "triton" }, published("triton"));
    expect(pod.initContainers[0].image).toBe(`${ECR}/model-server@${FETCHER.digest}`);
    expect(pod.containers[0]).toMatchObject({ image: `${ECR}/triton@sha256:${"b".repeat(64)}` });
    expect(pod.containers[0].command[0]).toBe("tritonserver");
    expect(matches[0].uri).toEqual({ exact: "/v2/models/fraud" });
  });

  it("is told what its entry says", async () => {
    const { pod } = await podsOf({ kind: "vllm", maxTokens: 4_096 }, published("vllm"), 1);
    expect(pod.containers[0].command).toContain("--max-model-len=4096");
    const own = { kind: "custom", port: 9_000, readyPath: "/ready", path: "/score" } as const;
    const { matches } = await podsOf(own, published("custom"));
    expect(matches[0].uri).toEqual({ exact: "/score" });
  });

  it.each<[what: string, runtime: ServedModel["runtime"], released: Partial<ModelRelease>, gpus: number, sentence: string]>([
    [
      "a release of another runtime",
      { kind: "triton" },
      published("openvino"),
      0,
      "stacks/inputs/models.ts: fraud.runtime.kind must be 'openvino', as releases/models/fraud/3.json says, got 'triton'",
    ],
    [
      "a release of another runtime, where the entry names none",
      undefined,
      published("triton"),
      0,
      "stacks/inputs/models.ts: fraud.runtime.kind must be 'triton', as releases/models/fraud/3.json says, got 'image'",
    ],
    [
      "no GPU",
      { kind: "vllm" },
      published("vllm"),
      0,
      "stacks/inputs/environments/dev.ts: serving.gpus must be at least 1 for 'fraud', whose runtime 'vllm' runs on GPUs alone, got '0'",
    ],
    [
      "a GPU that it does not use",
      { kind: "openvino" },
      published("openvino"),
      1,
      "stacks/inputs/environments/dev.ts: serving.gpus must be 0 for 'fraud', whose runtime 'openvino' runs on CPUs alone, got '1'",
    ],
    [
      "a fetching image that nobody has",
      { kind: "triton" },
      { ...published("triton"), fetcher: { ...FETCHER, repository: "fetch" } },
      0,
      "releases/models/fraud/3.json: fetcher.repository must be a repository of foundation-dev for model servers (model-server, triton), got 'fetch'",
    ],
    [
      "an argument of another runtime",
      { kind: "triton", maxTokens: 5 } as never,
      published("triton"),
      0,
      "stacks/inputs/models.ts: fraud.runtime.maxTokens must be a known key (kind)",
    ],
    [
      "an unknown runtime",
      { kind: "seldon" } as never,
      {},
      0,
      "stacks/inputs/models.ts: fraud.runtime.kind must be one of image, triton, tensorflow-serving, openvino, vllm, custom, got 'seldon'",
    ],
    [
      "no port of its own program",
      { kind: "custom", readyPath: "/ready", path: "/score" } as never,
      published("custom"),
      0,
      "stacks/inputs/models.ts: fraud.runtime.port must be a whole number from 1024 to 65535, got nothing",
    ],
  ])("is refused with %s", async (_, runtime, released, gpus, sentence) => {
    await expect(podsOf(runtime, released, gpus)).rejects.toThrow(sentence);
  });
});
