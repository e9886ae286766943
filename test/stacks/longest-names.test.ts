import { expect, it } from "vitest";
import { DNS_LABEL, NAME_LIMITS } from "#components/naming";
import { type Recorded, record } from "#plan/record";
import { workloads } from "#stacks/workloads/workloads";
import { stackOf } from "../harness/stacks.ts";
import { contextOf, many, references } from "./workloads-fixture.ts";

/** The environment with the longest prefix. */
const ENVIRONMENT = "staging";

/** Longest names of AWS, by type; a prefix is followed by a timestamp and a counter. */
const AWS: Readonly<Record<string, number>> = {
  "aws:autoscaling/group:Group": NAME_LIMITS["auto scaling group"],
  "aws:budgets/budget:Budget": NAME_LIMITS.budget,
  "aws:cloudtrail/trail:Trail": 128,
  "aws:cloudwatch/eventRule:EventRule": NAME_LIMITS["event rule"],
  "aws:cloudwatch/logGroup:LogGroup": 512,
  "aws:codebuild/project:Project": 150,
  "aws:ec2/launchTemplate:LaunchTemplate": 128,
  "aws:ec2/securityGroup:SecurityGroup": 255,
  "aws:ecr/repository:Repository": NAME_LIMITS["ecr repository"],
  "aws:eks/cluster:Cluster": NAME_LIMITS["eks cluster"],
  "aws:eks/nodeGroup:NodeGroup": 63,
  "aws:iam/instanceProfile:InstanceProfile": NAME_LIMITS["instance profile"],
  "aws:iam/policy:Policy": 128,
  "aws:iam/role:Role": NAME_LIMITS["iam role"],
  "aws:iam/rolePolicy:RolePolicy": 128,
  "aws:kms/alias:Alias": 256,
  "aws:lb/loadBalancer:LoadBalancer": 32,
  "aws:lb/targetGroup:TargetGroup": 32,
  "aws:rds/instance:Instance": NAME_LIMITS["rds instance"],
  "aws:rds/parameterGroup:ParameterGroup": NAME_LIMITS["rds parameter group"],
  "aws:rds/subnetGroup:SubnetGroup": NAME_LIMITS["rds subnet group"],
  "aws:route53/record:Record": 255,
  "aws:route53/zone:Zone": 255,
  "aws:s3/bucket:Bucket": NAME_LIMITS["s3 bucket"],
  "aws:sqs/queue:Queue": NAME_LIMITS["sqs queue"],
};
const TIMESTAMP = 26;
/** What Pulumi appends to a name of its own making: `-` and seven characters. */
const RANDOM = 8;

/** Names of Kubernetes that are shorter than the 253 characters of most: DNS labels, and what hashes are appended to. */
const KUBERNETES: Readonly<Record<string, number>> = {
  CronJob: 52,
  DaemonSet: 63 - 11,
  Deployment: 63 - 17,
  Job: 63,
  Namespace: 63,
  Release: 53,
  Rollout: 63 - 17,
  Service: 63,
  StatefulSet: 63 - 11,
};

/** Workloads of a team and a model whose names are as long as they may be. */
async function longest(): Promise<Recorded[]> {
  const [team, model] = ["t".repeat(40), "m".repeat(40)];
  const { release } = many(1);
  const { resources } = await record(
    async () => {
      await workloads(contextOf(ENVIRONMENT), {
        teams: { [team]: { groups: { dataScientists: "a", mlEngineers: "b" }, gpuShare: 1 } },
        models: { [model]: { team, host: `${"h".repeat(63)}.models.internal`, sticky: { header: "x-user-id" } } },
        release: {
          ...release,
          models: { [model]: { ...release.models["fraud"]!, version: "9".repeat(18), path: `models/${model}/3` } },
        },
      });
    },
    { stack: `workloads-${ENVIRONMENT}`, references: references(ENVIRONMENT) },
  );
  return resources;
}

function* tooLong({ type, name, inputs, custom }: Recorded): Generator<string> {
  const [service, , kind = ""] = type.split(":");
  if (custom && service === "aws" && (type in AWS || "namePrefix" in inputs)) {
    const { identifier, bucket, bucketPrefix, namePrefix = bucketPrefix, name: written = identifier ?? bucket } = inputs;
    const length = written?.length ?? (namePrefix === undefined ? name.length + RANDOM : namePrefix.length + TIMESTAMP);
    if (!(length <= AWS[type]!)) {
      yield `${type} ${written ?? namePrefix ?? name}: ${length} characters, limit ${AWS[type] ?? "unknown"}`;
    }
  }
  if (service === "kubernetes") {
    const written: string = kind === "Release" ? inputs["name"] : inputs["metadata"]?.name;
    const most = KUBERNETES[kind] ?? 253;
    if (!(written.length <= most)) {
      yield `${type} ${written}: ${written.length} characters, limit ${most}`;
    }
    yield* partsTooLong(inputs, `${type} ${written}`);
  }
}

/** Labels, what selects by them, containers, volumes and ports, at any depth. */
function* partsTooLong(value: unknown, path: string): Generator<string> {
  for (const [key, inner] of Object.entries(Object(value) === value ? (value as object) : {})) {
    const at = `${path}.${key}`;
    if (["labels", "matchLabels", "selector", "nodeSelector"].includes(key)) {
      for (const [label, text] of Object.entries(inner as object)) {
        if (typeof text === "string" && (text.length > 63 || label.split("/").at(-1)!.length > 63)) {
          yield `${at}.${label}: '${text}'`;
        }
      }
    }
    if (["containers", "initContainers", "volumes"].includes(key) && Array.isArray(inner)) {
      for (const { name } of inner) {
        if (!DNS_LABEL.test(name)) {
          yield `${at}: '${name}'`;
        }
      }
    }
    yield* partsTooLong(inner, at);
  }
}

it("every name fits where it goes, with the longest names of a team, a model, a version and an environment", async () => {
  const fixed = await Promise.all((["foundation", "platform"] as const).map((layer) => stackOf(layer, ENVIRONMENT)));
  const all = [...fixed.flatMap(({ resources }) => resources), ...(await longest())];
  expect(all.flatMap((resource) => [...tooLong(resource)])).toEqual([]);
});
