import { describe, expect, it } from "vitest";
import { Karpenter, type KarpenterArgs } from "#components/gpu/karpenter";
import { karpenterStatements } from "#components/gpu/karpenter-policy";
import { CHARTS } from "#components/versions";
import { record, refusal } from "../../harness/graph.ts";
import { karpenter as minimal } from "../minimal.ts";

const karpenter = (args: Partial<KarpenterArgs> = {}) => record(() => void new Karpenter("karpenter", { ...minimal, ...args }));
const find = async (name: string, args: Partial<KarpenterArgs> = {}) =>
  (await karpenter(args)).find((resource) => resource.custom && resource.name === name);

describe("Karpenter", () => {
  it("is a controller with its role, a role for its nodes, and a queue of announcements", async () => {
    const graph = (await karpenter()).filter(({ custom, path }) => custom && path.length > 1);
    expect(graph.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort()).toEqual([
      "AccessEntry karpenter-node-entry",
      ...["health", "rebalance", "reservation-end", "spot-interruption", "state-change"].map(
        (event) => `EventRule karpenter-interruptions-${event}`,
      ),
      ...["health", "rebalance", "reservation-end", "spot-interruption", "state-change"].map(
        (event) => `EventTarget karpenter-interruptions-${event}-target`,
      ),
      "PodIdentityAssociation karpenter-controller-association",
      "Queue karpenter-interruptions",
      "QueuePolicy karpenter-interruptions-policy",
      "Release karpenter",
      "Release karpenter-crds",
      "Role karpenter-controller",
      "Role karpenter-node",
      "RolePolicy karpenter-controller-permissions",
      "RolePolicyAttachment karpenter-node-pull",
      "RolePolicyAttachment karpenter-node-worker",
    ]);
  });

  it("receives five kinds of events", async () => {
    const rules = (await karpenter()).filter(({ type }) => type === "aws:cloudwatch/eventRule:EventRule");
    expect(new Set(rules.map(({ inputs }) => JSON.parse(inputs["eventPattern"])["detail-type"][0]))).toEqual(
      new Set([
        "AWS Health Event",
        "EC2 Capacity Reservation Instance Interruption Warning",
        "EC2 Instance Rebalance Recommendation",
        "EC2 Instance State-change Notification",
        "EC2 Spot Instance Interruption Warning",
      ]),
    );
  });

  it("keeps announcements for five minutes, encrypted, and takes them from its own rules over TLS only", async () => {
    expect((await find("karpenter-interruptions"))?.inputs).toEqual({ messageRetentionSeconds: 300, sqsManagedSseEnabled: true });
    const [send, tls] = JSON.parse((await find("karpenter-interruptions-policy"))?.inputs["policy"]).Statement;
    expect(send).toMatchObject({ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: ["sqs:SendMessage"] });
    expect(send.Condition.ArnEquals["aws:SourceArn"]).toHaveLength(5);
    expect(tls).toMatchObject({ Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } });
  });

  it("lets the nodes join", async () => {
    expect((await find("karpenter-node-entry"))?.inputs).toMatchObject({
      clusterName: "millrace-test",
      type: "EC2_LINUX",
      principalArn: expect.stringMatching(/:role\/karpenter-node-/),
    });
  });

  it("installs its CRDs with their own chart, then itself on the system nodes", async () => {
    const crds = await find("karpenter-crds");
    expect(crds?.inputs).toMatchObject({
      chart: CHARTS.karpenterCrds.chart,
      version: CHARTS.karpenterCrds.version,
      atomic: true,
    });
    const controller = await find("karpenter");
    expect(controller?.inputs).toMatchObject({
      name: "karpenter",
      namespace: "kube-system",
      chart: CHARTS.karpenter.chart,
      version: CHARTS.karpenter.version,
      skipCrds: true,
      values: {
        replicas: 2,
        serviceAccount: { name: "karpenter" },
        nodeSelector: { "kubernetes.io/os": "linux", "millrace.dev/pool": "system" },
        serviceMonitor: { enabled: false },
        settings: {
          clusterName: "millrace-test",
          interruptionQueue: expect.stringMatching(/^karpenter-interruptions-/),
          enableZonalShift: false,
          featureGates: { nodeRepair: true },
        },
      },
    });
    expect(controller?.dependencies).toEqual(
      expect.arrayContaining(["karpenter-crds", "karpenter-controller-association", "karpenter-node-entry"]),
    );
  });

  it("takes zonal shift and monitoring", async () => {
    const controller = await find("karpenter", { zonalShift: true, monitorLabels: { release: "p" } });
    expect(controller?.inputs["values"].settings.enableZonalShift).toBe(true);
    expect(controller?.inputs["values"].serviceMonitor).toEqual({ enabled: true, additionalLabels: { release: "p" } });
  });

  it("refuses an invalid account", async () => {
    expect(await refusal(() => new Karpenter("karpenter", { ...minimal, account: "1234" }))).toBe(
      "'account' must be the account's 12 digits, got '1234'",
    );
  });
});

describe("Karpenter's policy", () => {
  const statements = karpenterStatements({ ...minimal, nodeRoleArn: "arn:role", queueArn: "arn:queue" });
  /** Actions that AWS offers without a resource: reading, and these alone. */
  const READS = /^(ec2:Describe\w+|pricing:GetProducts|iam:ListInstanceProfiles|arc-zonal-shift:GetManagedResource)$/;

  it("names actions and resources, and uses * only where AWS knows no resource", () => {
    for (const { sid, actions, resources } of statements) {
      expect(actions.join(), sid).not.toContain("*");
      if (resources.includes("*")) {
        expect(
          actions.every((action) => READS.test(action)),
          sid,
        ).toBe(true);
      }
    }
  });

  it("changes and ends only what carries the cluster's tag", () => {
    const changing = /^ec2:(Terminate|Delete)|^ec2:CreateTags|^iam:(Add|Remove|Delete|Create|Tag)/;
    for (const { sid, conditions } of statements.filter((one) => one.actions.some((action) => changing.test(action)))) {
      const keys = Object.keys(conditions?.["StringEquals"] ?? {});
      expect(
        keys.some((key) => key.endsWith("Tag/kubernetes.io/cluster/millrace-test")),
        sid,
      ).toBe(true);
    }
  });

  it("allows what Karpenter does, and no more", () => {
    const allowed = statements.map(({ sid, actions }) => `${sid}: ${actions.join(" ")}`);
    expect(allowed).toEqual([
      "StartFromShared: ec2:RunInstances ec2:CreateFleet",
      "StartFromTemplate: ec2:RunInstances ec2:CreateFleet",
      "StartMarked: ec2:RunInstances ec2:CreateFleet ec2:CreateLaunchTemplate",
      "MarkWhatIsMade: ec2:CreateTags",
      "NameInstances: ec2:CreateTags",
      "EndOwned: ec2:TerminateInstances ec2:DeleteLaunchTemplate",
      "GiveNodesTheirRole: iam:PassRole",
      "MakeProfiles: iam:CreateInstanceProfile",
      "MarkProfiles: iam:TagInstanceProfile",
      "ChangeOwnedProfiles: iam:AddRoleToInstanceProfile iam:RemoveRoleFromInstanceProfile iam:DeleteInstanceProfile",
      "ReadProfiles: iam:GetInstanceProfile",
      "ListProfiles: iam:ListInstanceProfiles",
      "ReadCluster: eks:DescribeCluster",
      "ReadZonalShift: arc-zonal-shift:GetManagedResource",
      "ReadInterruptions: sqs:DeleteMessage sqs:GetQueueUrl sqs:ReceiveMessage",
      expect.stringMatching(/^ReadRegion: (ec2:Describe\w+ ?){11}$/),
      "ReadImageVersions: ssm:GetParameter",
      "ReadPrices: pricing:GetProducts",
    ]);
  });

  it("passes the nodes' role to EC2 and no other", () => {
    expect(statements.find(({ actions }) => actions.includes("iam:PassRole"))).toEqual({
      sid: "GiveNodesTheirRole",
      actions: ["iam:PassRole"],
      resources: ["arn:role"],
      conditions: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    });
  });

  it("lets it encrypt volumes with a key that it is given, through EC2 and for nothing else", () => {
    const added = karpenterStatements({ ...minimal, nodeRoleArn: "arn:role", queueArn: "arn:queue", volumeKeyArn: "arn:key" });
    const throughEc2 = { "kms:ViaService": "ec2.eu-west-1.amazonaws.com" };
    expect(added.filter(({ sid }) => !statements.some((statement) => statement.sid === sid))).toEqual([
      {
        sid: "EncryptVolumes",
        actions: [
          "kms:DescribeKey",
          "kms:Decrypt",
          "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
          "kms:GenerateDataKeyWithoutPlaintext",
        ],
        resources: ["arn:key"],
        conditions: { StringEquals: throughEc2 },
      },
      {
        sid: "LetVolumesDecrypt",
        actions: ["kms:CreateGrant"],
        resources: ["arn:key"],
        conditions: { StringEquals: throughEc2, Bool: { "kms:GrantIsForAWSResource": "true" } },
      },
    ]);
  });

  it("fits a role's inline policies, 10,240 characters, for the longest cluster name", async () => {
    const role = await find("karpenter-controller-permissions", {
      clusterName: "c".repeat(100),
      region: "ap-southeast-2",
      volumeKeyArn: `arn:aws:kms:ap-southeast-2:111111111111:key/mrk-${"0".repeat(32)}`,
    });
    expect(role?.inputs["policy"].length).toBeLessThan(10_240);
  });
});
