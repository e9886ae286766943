import { aws, option, type StackMutant } from "./mutant.ts";

const IMAGES = aws("foundation", "ecr/repository:Repository", "model-server-images");
const RUNNER = aws("foundation", "codebuild/project:Project", "ci-runner");

/** Registries of images, and what builds and pays. */
export const SUPPLY: readonly StackMutant[] = [
  IMAGES.bad("images whose tags move", (inputs) => {
    inputs["imageTagMutability"] = "MUTABLE";
  }),
  IMAGES.bad("images whose tags move, by default", (inputs) => {
    delete inputs["imageTagMutability"];
  }),
  IMAGES.bad("images of which every tag is an exception", (inputs) => {
    inputs["imageTagMutability"] = "IMMUTABLE_WITH_EXCLUSION";
    inputs["imageTagMutabilityExclusionFilters"] = [{ filterType: "WILDCARD", filter: "*" }];
  }),
  IMAGES.bad("images that nobody scans", (inputs) => {
    inputs["imageScanningConfiguration"].scanOnPush = false;
  }),
  IMAGES.bad("images that nobody scans, as text", (inputs) => {
    inputs["imageScanningConfiguration"].scanOnPush = "false";
  }),
  IMAGES.bad("images that are deleted with their repository", (inputs) => {
    inputs["forceDelete"] = true;
  }),
  IMAGES.bad("images without a key of ours", (inputs) => {
    inputs["encryptionConfigurations"] = [{ encryptionType: "AES256" }];
  }),
  IMAGES.bad("images that a slip deletes", option({ protect: false })),
  aws("foundation", "ecr/lifecyclePolicy:LifecyclePolicy", "mlflow-images-lifecycle").removed("images that stay for ever"),
  aws("foundation", "ecr/lifecyclePolicy:LifecyclePolicy", "mlflow-images-lifecycle").bad(
    "images in use that go after a day",
    (inputs) => {
      const rules = JSON.parse(inputs["policy"]);
      rules.rules[0].selection = { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 1 };
      inputs["policy"] = JSON.stringify(rules);
    },
  ),
  RUNNER.bad("a runner with all rights of its machine", (inputs) => {
    inputs["environment"].privilegedMode = true;
  }),
  RUNNER.bad("a runner with a token in plain text", (inputs) => {
    inputs["environment"].environmentVariables = [{ name: "GITHUB_TOKEN", value: "ghp_q7Rk9sLw2mXvB4tZq7Rk9sLw2mXvB4tZq7Rk" }];
  }),
  RUNNER.bad("a runner without logs", (inputs) => {
    inputs["logsConfig"].cloudwatchLogs.status = "DISABLED";
  }),
  RUNNER.bad("a runner outside of the network", (inputs) => {
    delete inputs["vpcConfig"];
  }),
  RUNNER.bad("a runner that trusts every certificate", (inputs) => {
    inputs["source"].insecureSsl = true;
  }),
  RUNNER.bad("a runner with somebody's image", (inputs) => {
    inputs["environment"].image = "docker.io/somebody/runner:latest";
  }),
  aws("foundation", "codebuild/webhook:Webhook", "ci-runner-jobs").bad("a runner for every workflow", (inputs) => {
    inputs["filterGroups"] = [{ filters: [{ type: "EVENT", pattern: "WORKFLOW_JOB_QUEUED" }] }];
  }),
  RUNNER.bad("a runner whose logs everybody reads", (inputs) => {
    inputs["projectVisibility"] = "PUBLIC_READ";
  }),
  IMAGES.bad("images under the key of another account", (inputs) => {
    inputs["encryptionConfigurations"][0].kmsKey = "arn:aws:kms:eu-north-1:999999999999:key/1";
  }),
  aws("foundation", "codebuild/webhook:Webhook", "ci-runner-jobs").bad("a runner for whatever happens", (inputs) => {
    delete inputs["filterGroups"];
  }),

  IMAGES.harmless("one more tag of a repository", (inputs) => {
    inputs["tags"] = { purpose: "serving" };
  }),
  IMAGES.harmless("images that are scanned, as text", (inputs) => {
    inputs["imageScanningConfiguration"].scanOnPush = "true";
  }),
  aws("foundation", "ecr/lifecyclePolicy:LifecyclePolicy", "mlflow-images-lifecycle").harmless(
    "images without a tag that stay for a month",
    (inputs) => {
      inputs["policy"] = inputs["policy"].replace('"countNumber":14', '"countNumber":30');
    },
  ),
  RUNNER.harmless("a runner with a plain setting", (inputs) => {
    inputs["environment"].environmentVariables = [{ name: "LOG_LEVEL", value: "info" }];
  }),
  RUNNER.harmless("a runner with an hour for a job", (inputs) => {
    inputs["buildTimeout"] = 60;
  }),
  aws("foundation", "ecr/lifecyclePolicy:LifecyclePolicy", "mlflow-images-lifecycle").harmless(
    "images of requests that go after a week",
    (inputs) => {
      const { rules } = JSON.parse(inputs["policy"]);
      const selection = {
        tagStatus: "tagged",
        tagPrefixList: ["pr-"],
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: 7,
      };
      inputs["policy"] = JSON.stringify({ rules: [...rules, { rulePriority: 2, selection, action: { type: "expire" } }] });
    },
  ),
  IMAGES.harmless("images that stay when their repository goes, as text", (inputs) => {
    inputs["forceDelete"] = "false";
  }),
  RUNNER.harmless("a runner in an image of our own registry", (inputs) => {
    inputs["environment"].image = `333333333333.dkr.ecr.eu-north-1.amazonaws.com/millrace-prod/runner@sha256:${"1".repeat(64)}`;
  }),
  RUNNER.harmless("a runner that is told not to be root, as text", (inputs) => {
    inputs["environment"].privilegedMode = "false";
  }),
  RUNNER.harmless("a runner that writes its log to a bucket too", (inputs) => {
    inputs["logsConfig"].s3Logs = { status: "ENABLED", location: "millrace-prod-logs-a86573f/runner" };
  }),
  RUNNER.harmless("a runner in one zone", (inputs) => {
    inputs["vpcConfig"].subnets = inputs["vpcConfig"].subnets.slice(0, 1);
  }),
  aws("foundation", "codebuild/webhook:Webhook", "ci-runner-jobs").harmless("a runner for one more workflow", (inputs) => {
    inputs["filterGroups"][0].filters[1].pattern = "^(preview|up|drift)$";
  }),
  aws("foundation", "codebuild/webhook:Webhook", "ci-runner-jobs").harmless("a runner for one branch", (inputs) => {
    inputs["filterGroups"][0].filters[1] = { type: "HEAD_REF", pattern: "^refs/heads/main$" };
  }),
];
