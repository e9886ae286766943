import { conditionsOf, principalsOf, statementsOf } from "../../aws/policy-document.ts";
import { REPOSITORY } from "../../aws/types.ts";
import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { at, bags, flag, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy";
const REGISTRY_SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";

export const IMG_03 = stackRule({
  id: "IMG-03",
  title: "Image repositories have immutable tags, scanning, KMS encryption, a lifecycle policy and no public access",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP ECR.1", "FSBP ECR.2", "FSBP ECR.3", "CIS EKS 5.1.1"],
  remediation:
    "Set `imageTagMutability: IMMUTABLE`, `scanOnPush: true` and `encryptionType: KMS`, add a LifecyclePolicy, and name accounts in a RepositoryPolicy.",
  peers: [
    "pulumi compliance-policies",
    "CKV_AWS_32",
    "CKV_AWS_51",
    "CKV_AWS_136",
    "CKV_AWS_163",
    "AWS-0030",
    "AWS-0033",
    "prowler",
  ],
  types: [
    REPOSITORY,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  ],
  relate: (resources) => {
    const of = (type: string) => resources.filter((resource) => resource.type === type);
    const scanned = () => of(REGISTRY_SCANNING).some(scansEverything);
    const cleared = (repository: Resource) => of(LIFECYCLE).some((policy) => belongsTo(policy, repository));
    return together(
      () => ofEach(of(REPOSITORY), (repository) => repositoryFaults(repository, scanned, cleared)),
      () =>
        ofEach(of(REPOSITORY_POLICY), (resource) =>
          unless(!isPublic(resource), {
            resource,
            property: "policy",
            got: "Principal: *",
            want: "limited to named accounts or by a condition",
          }),
        ),
    );
  },
});

function repositoryFaults(
  resource: Resource,
  scannedAnyway: () => boolean,
  cleared: (repository: Resource) => boolean,
): Finding[] {
  const { inputs } = resource;
  const holds = (property: string, got: string, want: string): Finding[] =>
    unless(got === want, { resource, property, got, want });
  return together(
    () => holds("imageTagMutability", text(inputs, "imageTagMutability") ?? "MUTABLE", "IMMUTABLE"),
    () => {
      const scan = flag(inputs, "imageScanningConfiguration", "scanOnPush");
      return scannedAnyway() ? [] : holds("imageScanningConfiguration.scanOnPush", shown(scan), "true");
    },
    () => {
      const type = text(inputs, "encryptionConfigurations", 0, "encryptionType") ?? "AES256";
      return holds("encryptionConfigurations[0].encryptionType", type.replace("KMS_DSSE", "KMS"), "KMS");
    },
    () =>
      unless(cleared(resource), {
        resource,
        property: "LifecyclePolicy",
        got: "nothing",
        want: "a policy that expires unused images",
      }),
  );
}

/** The registry's own setting overrides what its repositories say (ECR user guide, "Scanning filters"). */
const scansEverything = ({ inputs }: Resource): boolean =>
  bags(inputs, "rules").some(
    (rule) =>
      text(rule, "scanFrequency") !== "MANUAL" && bags(rule, "repositoryFilters").some((each) => text(each, "filter") === "*"),
  );

/** By its dependencies, or by the repository's name if it is written out. */
function belongsTo(policy: Resource, repository: Resource): boolean {
  return (
    policy.dependencies.includes(repository.name) ||
    (text(policy.inputs, "repository") !== undefined && text(policy.inputs, "repository") === text(repository.inputs, "name"))
  );
}

/** A condition may limit it to an organisation; without a condition, everybody with an AWS account has access. */
const isPublic = ({ inputs }: Resource): boolean =>
  statementsOf(at(inputs, "policy"), "policy").some(
    (statement) => statement.allows && conditionsOf(statement).length === 0 && principalsOf(statement).AWS.includes("*"),
  );
