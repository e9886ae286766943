import { describe, expect, it } from "vitest";
import { describeRule, found, of, said } from "../../harness.ts";

const REPOSITORY = "aws:ecr/repository:Repository";

const foundationOf = (what: string, change: (inputs: any) => void, rest: string, unknown?: string) => ({
  what,
  layer: "foundation" as const,
  resource: "model-server-images",
  type: REPOSITORY,
  change,
  says: `foundation-prod/model-server-images: ${rest}`,
  ...(unknown !== undefined && { unknown }),
});

describeRule("IMG-03", [
  foundationOf(
    "tags that can be moved",
    (inputs) => (inputs.imageTagMutability = "MUTABLE"),
    "'imageTagMutability' must be IMMUTABLE, got 'MUTABLE'",
    "imageTagMutability",
  ),
  foundationOf(
    "AWS's own default for tags",
    (inputs) => delete inputs.imageTagMutability,
    "'imageTagMutability' must be IMMUTABLE, got 'MUTABLE'",
  ),
  foundationOf(
    "images that nobody scans",
    (inputs) => (inputs.imageScanningConfiguration.scanOnPush = false),
    "'imageScanningConfiguration.scanOnPush' must be true, got 'false'",
    "imageScanningConfiguration.scanOnPush",
  ),
  foundationOf(
    "a key of AWS's",
    (inputs) => delete inputs.encryptionConfigurations,
    "'encryptionConfigurations[0].encryptionType' must be KMS, got 'AES256'",
    "encryptionConfigurations.0.encryptionType",
  ),
  foundationOf(
    "images that go with their repository",
    (inputs) => (inputs.forceDelete = "true"),
    "'forceDelete' must be false, got 'true'",
    "forceDelete",
  ),
  foundationOf(
    "images under the key of another account",
    (inputs) => (inputs.encryptionConfigurations[0].kmsKey = "arn:aws:kms:eu-north-1:999999999999:key/1"),
    "'encryptionConfigurations[0].kmsKey' must be a customer managed key of your own account, got 'arn:aws:kms:eu-north-1:999999999999:key/1'",
    "encryptionConfigurations.0.kmsKey",
  ),
  {
    what: "images in use that go after a day",
    layer: "foundation",
    resource: "mlflow-images-lifecycle",
    change: (inputs) => (inputs.policy = inputs.policy.replace('"untagged"', '"any"')),
    says: "foundation-prod/mlflow-images-lifecycle: 'policy.rules.0.selection' must be left to images without a tag, or to those after 180 days or beyond the last 10, got 'images after 14 days'",
    unknown: "policy",
  },
  {
    what: "a repository that grows for ever",
    layer: "foundation",
    add: {
      type: REPOSITORY,
      name: "spare",
      inputs: {
        name: "spare",
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS" }],
      },
    },
    says: "foundation-prod/spare: 'LifecyclePolicy' must be a policy that expires unused images, got 'nothing'",
    unknown: "name",
  },
  {
    what: "images for everybody",
    layer: "foundation",
    add: {
      type: "aws:ecr/repositoryPolicy:RepositoryPolicy",
      name: "open",
      inputs: { policy: JSON.stringify({ Statement: { Effect: "Allow", Principal: { AWS: ["*"] }, Action: "ecr:*" } }) },
    },
    says: "foundation-prod/open: 'policy' must be limited to named accounts or by a condition, got 'Principal: *'",
    unknown: "policy",
  },
]);

describe("IMG-03", () => {
  const sound = {
    name: "app",
    imageTagMutability: "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfigurations: [{ encryptionType: "KMS" }],
  };
  const lifecycle = of("aws:ecr/lifecyclePolicy:LifecyclePolicy", "clear", { repository: "app", policy: "{}" });

  it("takes a lifecycle policy that names the repository, or waits for it", () => {
    expect(said("IMG-03", of(REPOSITORY, "images", sound), lifecycle)).toEqual([]);
    const waits = of("aws:ecr/lifecyclePolicy:LifecyclePolicy", "clear", { repository: "other" }, ["images"]);
    expect(said("IMG-03", of(REPOSITORY, "images", sound), waits)).toEqual([]);
  });

  it("takes a registry that scans everything, and not one that scans some of it", () => {
    const { imageScanningConfiguration: _, ...unscanned } = sound;
    const scanning = (filter: string, scanFrequency: string) =>
      of("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", "scanning", {
        scanType: "ENHANCED",
        rules: [{ scanFrequency, repositoryFilters: [{ filter, filterType: "WILDCARD" }] }],
      });
    const images = of(REPOSITORY, "images", unscanned);
    const wrong = ["IMG-03 test/images: 'imageScanningConfiguration.scanOnPush' must be true, got 'nothing'"];
    expect(said("IMG-03", images, lifecycle, scanning("*", "CONTINUOUS_SCAN"))).toEqual([]);
    expect(said("IMG-03", images, lifecycle, scanning("app*", "CONTINUOUS_SCAN"))).toEqual(wrong);
    expect(said("IMG-03", images, lifecycle, scanning("*", "MANUAL"))).toEqual(wrong);
  });

  it("takes a policy for an account, or for everybody in an organisation", () => {
    const policy = (statement: object) =>
      of("aws:ecr/repositoryPolicy:RepositoryPolicy", "access", { policy: JSON.stringify({ Statement: [statement] }) });
    expect(said("IMG-03", policy({ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:root" } }))).toEqual([]);
    const condition = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
    expect(said("IMG-03", policy({ Effect: "Allow", Principal: "*", Condition: condition }))).toEqual([]);
    expect(said("IMG-03", policy({ Effect: "Deny", Principal: "*" }))).toEqual([]);
  });

  it.each<[object, boolean]>([
    [{ tagStatus: "untagged", countType: "sinceImagePushed", countNumber: 1 }, true],
    [{ tagStatus: "any", countType: "imageCountMoreThan", countNumber: 50 }, true],
    [{ tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 }, false],
    [{ tagStatus: "any", countType: "sinceImagePushed", countNumber: 365 }, true],
    [{ tagStatus: "tagged", tagPrefixList: ["pr-"], countType: "sinceImagePushed", countNumber: 7 }, true],
    [{ tagStatus: "tagged", tagPrefixList: ["v"], countType: "sinceImagePushed", countNumber: 7 }, false],
    [{ tagStatus: "tagged", tagPatternList: ["*"], countType: "sinceImagePulled", countNumber: 7 }, false],
  ])("judges a rule for %j: %j", (selection, isRight) => {
    const policy = { rules: [{ rulePriority: 1, selection, action: { type: "expire" } }] };
    for (const written of [policy, JSON.stringify(policy)]) {
      const expiry = of("aws:ecr/lifecyclePolicy:LifecyclePolicy", "clear", { repository: "app", policy: written });
      expect(said("IMG-03", expiry)).toHaveLength(isRight ? 0 : 1);
    }
  });
});

it("IMG-03 refuses public repositories, and open templates of repositories", () => {
  const everybody = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "ecr:BatchGetImage" }] });
  const template = (inputs: object) =>
    found("IMG-03", of("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", "x", inputs));
  const strict = { imageTagMutability: "IMMUTABLE", encryptionConfigurations: [{ encryptionType: "KMS" }] };
  expect(found("IMG-03", of("aws:ecrpublic/repository:Repository", "x", {}))).toEqual([
    "type: a repository that everybody reads",
  ]);
  expect(found("IMG-03", of("aws:ecrpublic/repositoryPolicy:RepositoryPolicy", "x", { policy: everybody }))).toHaveLength(1);
  expect(template(strict)).toEqual([]);
  expect(template({ ...strict, repositoryPolicy: everybody })).toEqual(["repositoryPolicy: Principal: *"]);
  expect(template({})).toEqual(["imageTagMutability: MUTABLE", "encryptionConfigurations[0].encryptionType: AES256"]);
});
