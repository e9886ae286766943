import { describe, expect, it } from "vitest";
import { SystemNodes, type SystemNodesArgs } from "#components/cluster/system-nodes";
import { NODE_GROUP_RELEASE } from "#components/versions";
import { record, refusal } from "../../harness/graph.ts";
import { systemNodes as minimal } from "../minimal.ts";

const nodes = (args: Partial<SystemNodesArgs> = {}) => record(() => void new SystemNodes("system", { ...minimal, ...args }));
const find = async (type: string, args: Partial<SystemNodesArgs> = {}) =>
  (await nodes(args)).find((resource) => resource.type.endsWith(`:${type}`));

describe("SystemNodes", () => {
  it("is a node group with its template and a role that can only join and pull", async () => {
    const graph = (await nodes()).filter(({ custom, type }) => custom && type.startsWith("aws:"));
    expect(graph.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort()).toEqual([
      "LaunchTemplate system-template",
      "NodeGroup system",
      "Role system-role",
      "RolePolicyAttachment system-role-pull",
      "RolePolicyAttachment system-role-worker",
    ]);
    expect(new Set(graph.flatMap(({ inputs }) => inputs["policyArn"] ?? []))).toEqual(
      new Set([
        "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
        "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
      ]),
    );
  });

  it("starts nodes that pods cannot impersonate, on encrypted disks, with tags that reach the bill", async () => {
    expect((await find("LaunchTemplate"))?.inputs).toEqual({
      updateDefaultVersion: true,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { volumeType: "gp3", volumeSize: 50, encrypted: "true", deleteOnTermination: "true" },
        },
      ],
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: { project: "millrace" },
      })),
    });
  });

  it("keeps the group's shape, but not a size that somebody set by hand", async () => {
    const group = await find("NodeGroup");
    expect(group?.inputs).toMatchObject({
      version: "1.36",
      releaseVersion: NODE_GROUP_RELEASE,
      amiType: "AL2023_x86_64_STANDARD",
      instanceTypes: ["m7i.large"],
      launchTemplate: { version: "1" },
      scalingConfig: { minSize: 2, desiredSize: 2, maxSize: 4 },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      labels: { "millrace.dev/pool": "system" },
    });
    expect(group?.inputs["taints"]).toEqual([{ key: "CriticalAddonsOnly", value: "true", effect: "NO_SCHEDULE" }]);
    expect(group?.ignoreChanges).toEqual(["scalingConfig.desiredSize"]);
    expect(group?.dependencies).toEqual(expect.arrayContaining(["system-role-pull", "system-role-worker"]));
  });

  it("takes version and key", async () => {
    const args = { version: "1.36", volumeKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/disks" };
    expect((await find("NodeGroup", args))?.inputs["version"]).toBe("1.36");
    expect((await find("LaunchTemplate", args))?.inputs["blockDeviceMappings"][0].ebs.kmsKeyId).toBe(args.volumeKeyArn);
  });

  it.each([
    [{ version: "1.35" }, undefined],
    [{ version: "1.35", releaseVersion: "1.35.9-20260930" }, "1.35.9-20260930"],
    [{}, NODE_GROUP_RELEASE],
  ])("with %j starts from the release %s", async (args, release) => {
    expect((await find("NodeGroup", args))?.inputs["releaseVersion"]).toBe(release);
  });

  it.each<[Partial<SystemNodesArgs>, string]>([
    [{ instanceType: "m7g.large" }, "'instanceType' must be an x86 EC2 instance type, for example m7i.large, got 'm7g.large'"],
    [
      { instanceType: "c7gn.xlarge" },
      "'instanceType' must be an x86 EC2 instance type, for example m7i.large, got 'c7gn.xlarge'",
    ],
    [{ instanceType: "large" }, "'instanceType' must be an x86 EC2 instance type, for example m7i.large, got 'large'"],
    [
      { releaseVersion: "1.35.9-20260930" },
      "'releaseVersion' must be an image of Kubernetes 1.36, 1.36.<patch>-<day>, got '1.35.9-20260930'",
    ],
    [{ releaseVersion: "1.36.4" }, "'releaseVersion' must be an image of Kubernetes 1.36, 1.36.<patch>-<day>, got '1.36.4'"],
    [{ minNodes: 0 }, "'minNodes' must be a whole number of at least 1, got '0'"],
    [{ maxNodes: 1 }, "'maxNodes' must be a whole number of at least 2, got '1'"],
    [{ diskGiB: 19 }, "'diskGiB' must be a whole number of at least 20, got '19'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new SystemNodes("system", { ...minimal, ...args }))).toBe(message);
  });

  it.each(["t3.large", "m7i.xlarge", "m7i-flex.large", "g6.xlarge", "m6id.large"])("accepts %s", async (instanceType) => {
    expect(await refusal(() => new SystemNodes("system", { ...minimal, instanceType }))).toBe("");
  });
});
