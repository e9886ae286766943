import { LAUNCH_TEMPLATE } from "../../aws/types.ts";
import { unpacked } from "../../aws/user-data.ts";
import { type Finding, together, unless } from "../../findings.ts";
import { NODE_CLASS } from "../../kubernetes/types.ts";
import { PASSWORD_NAME, secretIn, TOKEN_NAME } from "../../plain-secrets.ts";
import { at, type Bag, bag, isSet, parsed, text } from "../../read.ts";
import { SECRET } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

/** Where resources hold text that a program or a machine reads: the properties, by type. Documents in JSON are opened. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "aws:amplify/app:App": ["environmentVariables", "buildSpec"],
  "aws:amplify/branch:Branch": ["environmentVariables"],
  "aws:apigateway/integration:Integration": ["requestParameters", "requestTemplates"],
  "aws:apigateway/stage:Stage": ["variables"],
  "aws:apigatewayv2/stage:Stage": ["stageVariables"],
  "aws:appconfig/hostedConfigurationVersion:HostedConfigurationVersion": ["content"],
  "aws:apprunner/service:Service": ["sourceConfiguration"],
  "aws:batch/jobDefinition:JobDefinition": [
    "containerProperties",
    "ecsProperties",
    "eksProperties",
    "nodeProperties",
    "parameters",
  ],
  "aws:cloudformation/stack:Stack": ["parameters", "templateBody"],
  "aws:cloudfront/function:Function": ["code"],
  "aws:cloudwatch/eventConnection:EventConnection": ["authParameters"],
  "aws:cloudwatch/eventTarget:EventTarget": ["httpTarget", "input", "inputTransformer"],
  "aws:codebuild/project:Project": ["environment", "source", "secondarySources"],
  "aws:codepipeline/pipeline:Pipeline": ["stages"],
  "aws:directoryservice/directory:Directory": ["password"],
  "aws:dms/endpoint:Endpoint": ["extraConnectionAttributes", "password"],
  "aws:ec2/instance:Instance": ["userData", "userDataBase64"],
  "aws:ec2/launchConfiguration:LaunchConfiguration": ["userData", "userDataBase64"],
  "aws:ec2/spotFleetRequest:SpotFleetRequest": ["launchSpecifications"],
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest": ["userData", "userDataBase64"],
  "aws:ecs/taskDefinition:TaskDefinition": ["containerDefinitions"],
  "aws:elasticbeanstalk/environment:Environment": ["settings"],
  "aws:elasticache/replicationGroup:ReplicationGroup": ["authToken"],
  "aws:elasticache/user:User": ["authenticationMode", "passwords"],
  "aws:glue/connection:Connection": ["connectionProperties"],
  "aws:glue/job:Job": ["defaultArguments", "nonOverridableArguments"],
  "aws:imagebuilder/component:Component": ["data"],
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": [
    "httpEndpointConfiguration",
    "redshiftConfiguration",
    "splunkConfiguration",
  ],
  "aws:lambda/function:Function": ["environment"],
  "aws:lightsail/instance:Instance": ["userData"],
  "aws:mq/broker:Broker": ["users"],
  "aws:s3/bucketObject:BucketObject": ["content", "contentBase64", "metadata", "tags"],
  "aws:s3/bucketObjectv2:BucketObjectv2": ["content", "contentBase64", "metadata", "tags"],
  "aws:sagemaker/model:Model": ["containers", "primaryContainer"],
  "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration": ["onCreate", "onStart"],
  "aws:scheduler/schedule:Schedule": ["target"],
  "aws:sfn/stateMachine:StateMachine": ["definition"],
  "aws:ssm/association:Association": ["parameters"],
  "aws:ssm/document:Document": ["content"],
  "aws:ssm/parameter:Parameter": ["insecureValue", "value"],
  [LAUNCH_TEMPLATE]: ["userData"],
  [NODE_CLASS]: ["spec"],
};

const PARAMETER = "aws:ssm/parameter:Parameter";
const CREDENTIAL = "aws:codebuild/sourceCredential:SourceCredential";

/** Where resources hold the secret itself: a value without Pulumi's mark stands in the program and in the state. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  "aws:kms/ciphertext:Ciphertext": ["plaintext"],
  "aws:kms/externalKey:ExternalKey": ["keyMaterialBase64"],
  "aws:secretsmanager/secretVersion:SecretVersion": ["secretString", "secretBinary", "secretStringWo"],
};
const SECRET_NAME = new RegExp(`(?:${PASSWORD_NAME.replace("(?i:", "(?:")}|${TOKEN_NAME.replace("(?i:", "(?:")})`, "i");

export const SEC_03 = rule({
  id: "SEC-03",
  title:
    "No secret is in plain text in variables of tasks, functions and builds, in user data, commands, settings, objects or parameters of type String, or as an unmarked value of Secrets Manager; builds get no token of their own",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP ECS.8", "FSBP CodeBuild.2", "AISF-DATA-05"],
  remediation:
    "Keep the value in Secrets Manager or in a SecureString, name it in `secrets` of the task or in `environmentVariables` of type SECRETS_MANAGER, or let the machine fetch it with its role. Give builds a connection, `authType` CODECONNECTIONS. Renew every secret that was exposed.",
  peers: ["CKV_AWS_41", "CKV_AWS_45", "CKV_AWS_46", "prowler"],
  types: [...Object.keys(TEXTS), ...Object.keys(VALUES), CREDENTIAL],
  check: ({ type, inputs }) =>
    together(
      () => (type === PARAMETER ? openParameter(inputs) : []),
      () => (type === CREDENTIAL ? lastingToken(inputs) : []),
      (TEXTS[type] ?? []).map((property) => () => plainIn(at(inputs, property), property, property)),
      (VALUES[type] ?? []).map((property) => () => unmarked(inputs, property)),
    ),
});

function openParameter(inputs: Bag): Finding[] {
  const type = text(inputs, "type") ?? "String";
  return unless(type !== "String" || !SECRET_NAME.test(text(inputs, "name") ?? ""), {
    property: "type",
    got: text(inputs, "type") ?? "nothing",
    want: "SecureString, as the name says that it is a secret",
  });
}

/** A token in a program holds until somebody remembers it, with all rights of the person who made it. */
function lastingToken(inputs: Bag): Finding[] {
  const got = text(inputs, "authType") ?? "nothing";
  return unless(["CODECONNECTIONS", "SECRETS_MANAGER"].includes(got), {
    property: "authType",
    got,
    want: "CODECONNECTIONS or SECRETS_MANAGER",
  });
}

const unmarked = (inputs: Bag, property: string): Finding[] =>
  unless(!isSet(inputs, property) || at(inputs, property) === SECRET, {
    property,
    got: "plain text",
    want: "a Pulumi secret, or written by what rotates it",
  });

/** Checks every text of a tree under its key; in a list of `{ name, value }` the key is the name. */
function plainIn(value: unknown, called: string, path: string): readonly Finding[] {
  if (typeof value === "string") {
    const document = value === SECRET || !/^\s*[[{]/.test(value) ? undefined : parsed(value);
    if (typeof document === "object" && document !== null) {
      return plainIn(document, called, path);
    }
    const [got] = value === SECRET ? [] : unpacked(value).flatMap((each) => secretIn(called, each) ?? []);
    return got === undefined ? [] : [{ property: path, got, want: "fetched at run time, by the name of a secret" }];
  }
  if (Array.isArray(value)) {
    return together(...Object.keys(value).map((index) => () => plainIn(at(value, index), called, `${path}.${index}`)));
  }
  const entries = bag(value);
  return together(
    ...Object.keys(entries).map((key) => (): readonly Finding[] => {
      const name = key === "value" && isNamed(entries) ? text(entries, "name") : undefined;
      // The value names a secret or a parameter, or is one of `valueFrom` of a task.
      const isName =
        key === "valueFrom" || (key === "value" && /^(SECRETS_MANAGER|PARAMETER_STORE)$/.test(text(entries, "type") ?? ""));
      return isName ? [] : plainIn(at(entries, key), name ?? key, `${path}.${key}`);
    }),
  );
}

const isNamed = (entries: object): boolean => isSet(entries, "name");
