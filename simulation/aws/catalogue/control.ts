import type { Bag } from "#engine/values";
import type { Template } from "../template.ts";

const iam = (resource: string): Template => ({ arn: ({ path = "/" }) => `arn:aws:iam::{account}:${resource}${path}{name}` });
/** A cluster of a rehearsal has an API server on this machine: the programs' own kubeconfig leads to it. */
const local = (variable: string): string | undefined => process.env[variable] || undefined;
const certificate = (_: Bag, { id }: Bag): { data: string } => ({
  data: local("MILLRACE_REHEARSAL_CA") ?? Buffer.from(`certificate authority of ${id}`).toString("base64"),
});

/** What AWS answers for who may do what, for the cluster, for events and for watching. */
export const CONTROL: Readonly<Record<string, Template>> = {
  "iam/role": { id: "{name}", ...iam("role"), uniqueId: "AROA{HEX17}", createDate: "2026-01-01T00:00:00Z" },
  "iam/policy": { ...iam("policy"), id: "{arn}", policyId: "ANPA{HEX17}", attachmentCount: 0 },
  "iam/user": { id: "{name}", ...iam("user"), uniqueId: "AIDA{HEX17}" },
  "iam/group": { id: "{name}", ...iam("group"), uniqueId: "AGPA{HEX17}" },
  "iam/instanceProfile": {
    id: "{name}",
    ...iam("instance-profile"),
    uniqueId: "AIPA{HEX17}",
    createDate: "2026-01-01T00:00:00Z",
  },
  "iam/rolePolicy": { id: "{role}:{name}" },
  "iam/rolePolicyAttachment": { id: "{role}/{policyArn}" },
  "iam/serviceLinkedRole": {
    arn: "arn:aws:iam::{account}:role/aws-service-role/{awsServiceName}/AWSServiceRoleFor{hex6}",
    id: "{arn}",
    name: "AWSServiceRoleFor{hex6}",
  },
  "iam/openIdConnectProvider": {
    arn: ({ url }) => `arn:aws:iam::{account}:oidc-provider/${String(url).replace(/^https:\/\//, "")}`,
    id: "{arn}",
  },
  "budgets/budget": { id: "{account}:{name}", arn: "arn:aws:budgets::{account}:budget/{name}", accountId: "{account}" },
  "eks/cluster": {
    id: "{name}",
    arn: "arn:aws:eks:{region}:{account}:cluster/{name}",
    endpoint: () => local("MILLRACE_REHEARSAL_ENDPOINT") ?? "https://{HEX32}.gr7.{region}.eks.amazonaws.com",
    vpcConfig: { clusterSecurityGroupId: "sg-{hex17}", vpcId: "vpc-{hex17}" },
    status: "ACTIVE",
    platformVersion: "eks.1",
    createdAt: "2026-01-01T00:00:00Z",
    certificateAuthority: certificate,
    certificateAuthorities: (inputs, known) => [certificate(inputs, known)],
    identities: [
      { oidcs: [{ issuer: () => local("MILLRACE_REHEARSAL_ISSUER") ?? "https://oidc.eks.{region}.amazonaws.com/id/{HEX32}" }] },
    ],
  },
  "eks/addon": {
    id: "{clusterName}:{addonName}",
    arn: "arn:aws:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}",
    createdAt: "2026-01-01T00:00:00Z",
  },
  "eks/nodeGroup": {
    id: "{clusterName}:{nodeGroupName}",
    arn: "arn:aws:eks:{region}:{account}:nodegroup/{clusterName}/{nodeGroupName}/{uuid}",
    status: "ACTIVE",
    resources: [{ autoscalingGroups: [{ name: "eks-{nodeGroupName}-{uuid}" }], remoteAccessSecurityGroupId: "" }],
  },
  "eks/accessEntry": {
    id: "{clusterName}:{principalArn}",
    accessEntryArn: "arn:aws:eks:{region}:{account}:access-entry/{clusterName}/{uuid}",
    createdAt: "2026-01-01T00:00:00Z",
  },
  "eks/accessPolicyAssociation": { id: "{clusterName}#{principalArn}#{policyArn}", associatedAt: "2026-01-01T00:00:00Z" },
  "eks/podIdentityAssociation": {
    id: "a-{hex17}",
    associationId: "{id}",
    associationArn: "arn:aws:eks:{region}:{account}:podidentityassociation/{clusterName}/{id}",
  },
  "sqs/queue": {
    url: "https://sqs.{region}.amazonaws.com/{account}/{name}",
    id: "{url}",
    arn: "arn:aws:sqs:{region}:{account}:{name}",
  },
  "sqs/queuePolicy": { id: "{queueUrl}" },
  "sqs/redrivePolicy": { id: "{queueUrl}" },
  "sns/topic": { arn: "arn:aws:sns:{region}:{account}:{name}", id: "{arn}", owner: "{account}" },
  "sns/topicPolicy": { id: "{arn}", owner: "{account}" },
  "sns/topicSubscription": { arn: "{topic}:{uuid}", id: "{arn}", ownerId: "{account}", pendingConfirmation: true },
  "cloudwatch/eventBus": { id: "{name}", arn: "arn:aws:events:{region}:{account}:event-bus/{name}" },
  "cloudwatch/eventRule": { id: "{name}", arn: "arn:aws:events:{region}:{account}:rule/{name}" },
  "cloudwatch/eventTarget": { targetId: ({ targetId = "{hex26}" }) => targetId, id: "{rule}-{targetId}" },
  "cloudwatch/logGroup": { id: "{name}", arn: "arn:aws:logs:{region}:{account}:log-group:{name}" },
  "cloudwatch/logResourcePolicy": { id: "{policyName}" },
  "cloudwatch/logMetricFilter": { id: "{name}" },
  "sagemaker/model": { id: "{name}", arn: "arn:aws:sagemaker:{region}:{account}:model/{name}" },
  "sagemaker/endpointConfiguration": { id: "{name}", arn: "arn:aws:sagemaker:{region}:{account}:endpoint-config/{name}" },
  "sagemaker/endpoint": { id: "{name}", arn: "arn:aws:sagemaker:{region}:{account}:endpoint/{name}" },
  "appautoscaling/target": {
    id: "{resourceId}",
    arn: "arn:aws:application-autoscaling:{region}:{account}:scalable-target/{hex32}",
  },
  "appautoscaling/policy": {
    id: "{name}",
    arn: "arn:aws:autoscaling:{region}:{account}:scalingPolicy:{uuid}:resource/{serviceNamespace}/{resourceId}:policyName/{name}",
  },
  "cloudwatch/metricAlarm": { id: "{name}", arn: "arn:aws:cloudwatch:{region}:{account}:alarm:{name}" },
  "cloudtrail/trail": { arn: "arn:aws:cloudtrail:{region}:{account}:trail/{name}", id: "{arn}", homeRegion: "{region}" },
  "scheduler/schedule": {
    id: ({ groupName = "default" }) => `${groupName}/{name}`,
    arn: "arn:aws:scheduler:{region}:{account}:schedule/{id}",
  },
  "lambda/function": { id: "{name}", arn: "arn:aws:lambda:{region}:{account}:function:{name}", version: "$LATEST" },
  "amp/workspace": {
    id: "ws-{uuid}",
    arn: "arn:aws:aps:{region}:{account}:workspace/{id}",
    prometheusEndpoint: "https://aps-workspaces.{region}.amazonaws.com/workspaces/{id}/",
  },
};
