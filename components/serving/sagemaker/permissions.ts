import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../iam.ts";
import { type ModelStore, readModel } from "../model.ts";

/** An image in a private registry of ECR, by digest. */
export const ECR_IMAGE =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com\/(?<repository>[a-z0-9._/-]+)@sha256:[0-9a-f]{64}$/;
export const ECR_IMAGE_RULE =
  "an image by digest in a private registry of ECR, <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 hexadecimal digits>";

/** What the endpoint's role may do, and to what. */
export interface Reach {
  modelName: string;
  store: ModelStore;
  account: string;
  image: pulumi.Input<string>;
  logGroupArn: pulumi.Input<string>;
  alarmNames: readonly string[];
  /** Key of the instances' storage, where SageMaker takes one. */
  volumeKeyArn: pulumi.Input<string> | undefined;
  capture: Capture | undefined;
  /** Whether SageMaker fetches files through a network of ours. */
  networked: boolean;
}

/** Where requests and answers are kept. They may be personal data. */
export interface Capture {
  bucketName: pulumi.Input<string>;
  bucketArn: pulumi.Input<string>;
  /** Key that encrypts what is captured. */
  kmsKeyArn: pulumi.Input<string>;
  /** Folder for what is captured, with a slash at its end. */
  prefix: string;
  /** Share of the requests, per cent: 1 to 100. */
  percent: number;
}

/**
 * Permissions of the role that SageMaker takes for the endpoint: one model, one repository, one log group (SageMaker developer guide,
 * "CreateModel API: Execution Role Permissions"; "Auto-Rollback Configuration and Monitoring" for the alarms).
 */
export function endpointPermissions({ capture, networked, ...reach }: Reach): Statement[] {
  const { modelName, store, account, image, logGroupArn, alarmNames, volumeKeyArn } = reach;
  const { region } = store;
  const to = (sid: string, actions: string[], resources: pulumi.Input<string>[], conditions?: Statement["conditions"]) => ({
    sid,
    actions,
    resources,
    ...(conditions && { conditions }),
  });
  return [
    ...readModel(modelName, store),
    to(
      "PullImage",
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      [repositoryArn(image, region)],
    ),
    to("SignInToRegistry", ["ecr:GetAuthorizationToken"], ["*"]),
    to(
      "WriteLogs",
      ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      [pulumi.interpolate`${logGroupArn}:*`],
    ),
    to("SendMetrics", ["cloudwatch:PutMetricData"], ["*"], {
      StringEquals: { "cloudwatch:namespace": "/aws/sagemaker/Endpoints" },
    }),
    to(
      "ReadAlarms",
      ["cloudwatch:DescribeAlarms"],
      alarmNames.map((name) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`),
    ),
    ...(volumeKeyArn
      ? [
          to("GrantVolumeKey", ["kms:CreateGrant"], [volumeKeyArn], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
          to("DescribeVolumeKey", ["kms:DescribeKey"], [volumeKeyArn]),
        ]
      : []),
    ...(capture ? captured(capture, region) : []),
    ...(networked ? [to("AttachToNetwork", INTERFACES, ["*"], { StringEquals: { "aws:RequestedRegion": region } })] : []),
  ];
}

/** EC2 knows no interface before it is made. */
const INTERFACES = [
  "ec2:CreateNetworkInterface",
  "ec2:CreateNetworkInterfacePermission",
  "ec2:DeleteNetworkInterface",
  "ec2:DeleteNetworkInterfacePermission",
  "ec2:DescribeDhcpOptions",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
];

const captured = ({ bucketArn, prefix, kmsKeyArn }: Capture, region: string): Statement[] => [
  { sid: "WriteCapture", actions: ["s3:PutObject"], resources: [pulumi.interpolate`${bucketArn}/${prefix}*`] },
  {
    sid: "KeyOfCapture",
    // Parts of an upload are read again to be joined (S3 user guide, "Multipart upload API and permissions").
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [kmsKeyArn],
    conditions: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
  },
];

/** The repository of an image, in the registry that its host names. */
const repositoryArn = (image: pulumi.Input<string>, region: string): pulumi.Output<string> =>
  pulumi.output(image).apply((known) => {
    const [host = "", ...path] = (known.split("@")[0] ?? "").split("/");
    return `arn:aws:ecr:${region}:${host.split(".")[0]}:repository/${path.join("/")}`;
  });
