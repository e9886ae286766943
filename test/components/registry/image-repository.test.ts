import { describe, expect, it } from "vitest";
import { ImageRepository, type ImageRepositoryArgs } from "#components/registry/image-repository";
import { record, refusal } from "../../harness/graph.ts";
import { imageRepository as minimal } from "../minimal.ts";

const images = (args: Partial<ImageRepositoryArgs> = {}) => record(() => new ImageRepository("images", { ...minimal, ...args }));

describe("ImageRepository", () => {
  it("has immutable tags, scans and encrypts", async () => {
    const graph = await images();
    expect(graph.filter(({ custom }) => custom).map(({ name }) => name)).toEqual(["images", "images-lifecycle"]);
    expect(graph.find(({ type }) => type === "aws:ecr/repository:Repository")!.inputs).toEqual({
      name: "millrace-test/model-server",
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: minimal.kmsKeyArn }],
      forceDelete: false,
    });
  });

  it("deletes only what has no tag", async () => {
    const lifecycle = (await images({ untaggedDays: 3, forceDelete: true })).find(({ name }) => name === "images-lifecycle")!;
    expect(JSON.parse(lifecycle.inputs["policy"])).toEqual({
      rules: [
        {
          rulePriority: 1,
          description: "images without a tag, after 3 days",
          selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 3 },
          action: { type: "expire" },
        },
      ],
    });
  });

  it.each<[Partial<ImageRepositoryArgs>, string]>([
    [{ repository: "Model" }, "'repository' must be lower-case words joined by '/', '-', '_' or '.', got 'Model'"],
    [{ repository: "a//b" }, "'repository' must be lower-case words joined by '/', '-', '_' or '.', got 'a//b'"],
    [{ repository: "a".repeat(257) }, `'repository' must be at most 256 characters long, got '${"a".repeat(257)}'`],
    [{ untaggedDays: 0 }, "'untaggedDays' must be a whole number of at least 1, got '0'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new ImageRepository("images", { ...minimal, ...args }))).toBe(message);
  });
});
