import { BUILD, BUILD_FLEET } from "../../aws/types.ts";
import { type Finding, together, unless } from "../../findings.ts";
import { at, type Bag, bags, flag, isSet, list, only, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

interface Place {
  /** Whether builds must run in a network of the program. */
  inside: boolean;
}

const INSIDE: Place = { inside: true };

export const RUN_02 = rule<Place>({
  id: "RUN-02",
  title: "A build leaves a log for its team alone, and runs inside the network where its calls are seen",
  severity: "high",
  levels: levels("–/M/M"),
  frameworks: ["FSBP CodeBuild.3", "FSBP CodeBuild.4"],
  remediation:
    "Set `logsConfig.cloudwatchLogs` to a log group of your own and leave its `status` ENABLED, and set `vpcConfig` with private subnets and a security group.",
  peers: ["CKV_AWS_311", "CKV_AWS_314", "prowler"],
  types: [BUILD, BUILD_FLEET],
  parameters: { dev: INSIDE, staging: INSIDE, prod: INSIDE },
  // A build that reaches nothing private needs no network.
  elsewhere: { inside: false },
  check: ({ type, inputs }, { inside }) =>
    together(
      () => (type === BUILD ? logs(at(inputs, "logsConfig")) : []),
      () => {
        const got = text(inputs, "projectVisibility") ?? "PRIVATE";
        return unless(got === "PRIVATE", { property: "projectVisibility", got, want: "PRIVATE" });
      },
      () => inTheClear(inputs),
      // Machines of a fleet stand where the fleet says.
      () => (inside && !isSet(inputs, "environment", "fleet") ? network(inputs) : []),
    ),
});

/** What a build writes to a bucket in the clear. */
const inTheClear = (inputs: Bag): Finding[] => {
  const artifacts: [path: string, value: unknown][] = [
    ["artifacts", at(inputs, "artifacts")],
    ...bags(inputs, "secondaryArtifacts").map((each, index): [string, unknown] => [`secondaryArtifacts.${index}`, each]),
  ];
  return artifacts.flatMap(([path, each]) =>
    unless(flag(each, "encryptionDisabled") !== true, { property: `${path}.encryptionDisabled`, got: "true", want: "false" }),
  );
};

function logs(config: unknown): Finding[] {
  const inCloudWatch = (text(config, "cloudwatchLogs", "status") ?? "ENABLED") === "ENABLED";
  const inBucket = text(config, "s3Logs", "status") === "ENABLED";
  return together(
    () =>
      unless(inCloudWatch || inBucket, {
        property: "logsConfig.cloudwatchLogs.status",
        got: text(config, "cloudwatchLogs", "status") ?? "nothing",
        want: "ENABLED",
      }),
    () =>
      unless(!inBucket || flag(config, "s3Logs", "encryptionDisabled") !== true, {
        property: "logsConfig.s3Logs.encryptionDisabled",
        got: "true",
        want: "false",
      }),
  );
}

/** A fleet has a list of networks, of which AWS takes one. */
const network = (inputs: Bag): Finding[] =>
  unless(list(only(inputs, "vpcConfigs") ?? only(inputs, "vpcConfig"), "subnets").length > 0, {
    property: "vpcConfig",
    got: "nothing",
    want: "set, with private subnets of your own",
  });
