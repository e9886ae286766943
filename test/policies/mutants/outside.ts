import { added, allowed, aws, type StackMutant, welcome } from "./mutant.ts";

const OURS = "333333333333";
const FOREIGN = "121212121212";
const JOBS = aws("workloads", "iam/rolePolicy:RolePolicy", "risk-identity-role-permissions");
const PODS = aws("workloads", "eks/podIdentityAssociation:PodIdentityAssociation", "fraud-reader-association");

const more = (what: string, type: string, inputs: Record<string, unknown>): StackMutant =>
  added("foundation", `aws:${type}`, what, inputs);
const spare = (what: string, type: string, inputs: Record<string, unknown>): StackMutant =>
  welcome("foundation", `aws:${type}`, what, inputs);

const copies = (registryId: string): object => ({
  replicationConfiguration: { rules: [{ destinations: [{ region: "eu-north-1", registryId }] }] },
});
const inventory = (accountId: string): Record<string, unknown> => ({
  bucket: "millrace-prod-models-0650b3f",
  includedObjectVersions: "All",
  schedule: { frequency: "Weekly" },
  destination: { bucket: { format: "CSV", bucketArn: "arn:aws:s3:::inventories", accountId } },
});
const point = (blockPublicPolicy: boolean): Record<string, unknown> => ({
  bucket: "millrace-prod-models-0650b3f",
  publicAccessBlockConfiguration: { blockPublicPolicy },
});

/** What leads to other accounts and to people whom nobody knows. */
export const OUTSIDE: readonly StackMutant[] = [
  PODS.bad("pods that go on to a role of a foreign account", (inputs) => {
    inputs["targetRoleArn"] = `arn:aws:iam::${FOREIGN}:role/reader`;
  }),
  PODS.harmless("pods that go on to a role of our account", (inputs) => {
    inputs["targetRoleArn"] = `arn:aws:iam::${OURS}:role/millrace-prod-reader`;
  }),
  JOBS.bad(
    "jobs that take a role of a foreign account",
    allowed({ Sid: "Added", Action: "sts:AssumeRole", Resource: `arn:aws:iam::${FOREIGN}:role/*` }),
  ),
  JOBS.harmless(
    "jobs that take a role of our account",
    allowed({ Sid: "Added", Action: "sts:AssumeRole", Resource: `arn:aws:iam::${OURS}:role/millrace-prod-reader` }),
  ),
  more("images for a foreign registry", "ecr/replicationConfiguration:ReplicationConfiguration", { ...copies(FOREIGN) }),
  spare("images for a registry of ours", "ecr/replicationConfiguration:ReplicationConfiguration", { ...copies(OURS) }),
  more("an inventory for a foreign account", "s3/inventory:Inventory", inventory(FOREIGN)),
  spare("an inventory for our account", "s3/inventory:Inventory", inventory(OURS)),
  more("an access point with public policies", "s3/accessPoint:AccessPoint", point(false)),
  spare("an access point without public policies", "s3/accessPoint:AccessPoint", point(true)),
  more("identities for whoever asks", "cognito/identityPool:IdentityPool", { allowUnauthenticatedIdentities: true }),
  spare("identities for those who signed in", "cognito/identityPool:IdentityPool", { allowUnauthenticatedIdentities: false }),
  more("administration by single sign-on", "ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", {
    managedPolicyArn: "arn:aws:iam::aws:policy/PowerUserAccess",
  }),
  spare("reading by single sign-on", "ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", {
    managedPolicyArn: "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
  }),
  more("half a day for machines outside", "rolesanywhere/profile:Profile", { durationSeconds: 43_200, roleArns: [] }),
  spare("an hour for machines outside", "rolesanywhere/profile:Profile", { durationSeconds: 3600, roleArns: [] }),
  more("a day's session of people", "ssoadmin/permissionSet:PermissionSet", { sessionDuration: "PT12H" }),
  more("notifications over plain HTTP", "sns/topicSubscription:TopicSubscription", {
    topic: `arn:aws:sns:eu-north-1:${OURS}:alarms`,
    protocol: "http",
    endpoint: "http://hooks.example.net/alarms",
  }),
  spare("notifications over HTTPS", "sns/topicSubscription:TopicSubscription", {
    topic: `arn:aws:sns:eu-north-1:${OURS}:alarms`,
    protocol: "https",
    endpoint: "https://hooks.example.net/alarms",
  }),
];
