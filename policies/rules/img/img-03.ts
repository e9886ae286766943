import { OWN_KEY, strangeKey } from "../../aws/keys.ts";
import { conditionsOf, principalsOf, statementsOf } from "../../aws/policy-document.ts";
import { REPOSITORY } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { at, type Bag, bag, bags, flag, number, parsed, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy";
/** What makes repositories that a cache or a push asks for. */
const TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate";
const PUBLIC = "aws:ecrpublic/repository:Repository";
const PUBLIC_POLICY = "aws:ecrpublic/repositoryPolicy:RepositoryPolicy";
const REGISTRY_SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";

interface Kept {
  /** Fewest days after which an image with a tag may go by its age: whether it still runs, its age does not tell. */
  days: number;
  /** Fewest images with a tag that a limit by number keeps: the running ones, and those to which a release goes back. */
  count: number;
  /** Whether a repository may be deleted with its images. */
  forced: boolean;
}

export const IMG_03 = stackRule<Kept>({
  id: "IMG-03",
  title: "Image repositories have immutable tags, scanning, KMS encryption and no public access, and keep images that are in use",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP ECR.1", "FSBP ECR.2", "FSBP ECR.3", "CIS EKS 5.1.1"],
  remediation:
    "Set `imageTagMutability: IMMUTABLE`, `scanOnPush: true` and `encryptionType: KMS`, leave `forceDelete` out, add a LifecyclePolicy that expires images without a tag, and name accounts in a RepositoryPolicy.",
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
    TEMPLATE,
    PUBLIC,
    PUBLIC_POLICY,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  ],
  parameters: {
    dev: { days: 30, count: 2, forced: true },
    staging: { days: 90, count: 5, forced: false },
    prod: { days: 180, count: 10, forced: false },
  },
  relate: (resources, kept) => {
    const of = (type: string) => resources.filter((resource) => resource.type === type);
    const scanned = () => of(REGISTRY_SCANNING).some(scansEverything);
    const cleared = (repository: Resource) => of(LIFECYCLE).some((policy) => belongsTo(policy, repository));
    return together(
      () => ofEach(of(REPOSITORY), (repository) => repositoryFaults(repository, kept, scanned, cleared)),
      () => ofEach(of(LIFECYCLE), (policy) => expiringRules(policy, kept)),
      () => ofEach([...of(REPOSITORY_POLICY), ...of(PUBLIC_POLICY)], (resource) => openPolicy(resource, "policy")),
      () => ofEach(of(TEMPLATE), templateFaults),
      () =>
        of(PUBLIC).map((resource): Fault => {
          const want = "a private repository (`aws.ecr.Repository`)";
          return { resource, property: "type", got: "a repository that everybody reads", want };
        }),
    );
  },
});

/** Repositories that come to be later are as strict as those that a program names. */
const templateFaults = (resource: Resource): Finding[] =>
  together(
    () => openPolicy(resource, "repositoryPolicy"),
    () => {
      const got = text(resource.inputs, "imageTagMutability") ?? "MUTABLE";
      return unless(got === "IMMUTABLE", { resource, property: "imageTagMutability", got, want: "IMMUTABLE" });
    },
    () => {
      const got = text(resource.inputs, "encryptionConfigurations", 0, "encryptionType") ?? "AES256";
      const property = "encryptionConfigurations[0].encryptionType";
      return unless(got.startsWith("KMS"), { resource, property, got, want: "KMS" });
    },
  );

function repositoryFaults(
  resource: Resource,
  { forced }: Kept,
  scannedAnyway: () => boolean,
  cleared: (repository: Resource) => boolean,
): Finding[] {
  const { inputs } = resource;
  const holds = (property: string, got: string, want: string): Finding[] =>
    unless(got === want, { resource, property, got, want });
  return together(
    () => holds("imageTagMutability", text(inputs, "imageTagMutability") ?? "MUTABLE", "IMMUTABLE"),
    () =>
      unless(forced || flag(inputs, "forceDelete") !== true, { resource, property: "forceDelete", got: "true", want: "false" }),
    () => {
      const scan = flag(inputs, "imageScanningConfiguration", "scanOnPush");
      return scannedAnyway() ? [] : holds("imageScanningConfiguration.scanOnPush", shown(scan), "true");
    },
    () => {
      const type = text(inputs, "encryptionConfigurations", 0, "encryptionType") ?? "AES256";
      return holds("encryptionConfigurations[0].encryptionType", type.replace("KMS_DSSE", "KMS"), "KMS");
    },
    () => {
      const strange = strangeKey(resource, inputs, "encryptionConfigurations", "0", "kmsKey");
      return strange === undefined
        ? []
        : [{ resource, property: "encryptionConfigurations[0].kmsKey", got: strange, want: OWN_KEY }];
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

/** Rules by which images go that may still run. A rule for images without a tag, or for those of a branch, may be short. */
function expiringRules(resource: Resource, { days, count }: Kept): Finding[] {
  const document = at(resource.inputs, "policy");
  return bags(typeof document === "string" ? parsed(document) : document, "rules").flatMap((rule, index) => {
    const selection = bag(rule, "selection");
    const most = number(selection, "countNumber");
    if (most === undefined || text(rule, "action", "type") !== "expire" || !takesReleases(selection)) {
      return [];
    }
    const byNumber = text(selection, "countType") === "imageCountMoreThan";
    return unless(most >= (byNumber ? count : days), {
      resource,
      property: `policy.rules.${index}.selection`,
      got: byNumber ? `all but ${most} images` : `images after ${most} days`,
      want: `left to images without a tag, or to those after ${days} days or beyond the last ${count}`,
    });
  });
}

/** How tags of releases begin, where a rule does not mean every tag. */
const RELEASE = /^(\*|$|(v|release|prod|stable|main|sha|\d+)([-.*\d]|$))/;

function takesReleases(selection: Bag): boolean {
  const tags = text(selection, "tagStatus");
  const named = [...texts(selection, "tagPatternList"), ...texts(selection, "tagPrefixList")];
  return tags === "any" || (tags === "tagged" && named.some((each) => RELEASE.test(each)));
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
const openPolicy = (resource: Resource, property: string): Fault[] =>
  unless(
    !statementsOf(at(resource.inputs, property), property).some(
      (statement) => statement.allows && conditionsOf(statement).length === 0 && principalsOf(statement).AWS.includes("*"),
    ),
    { resource, property, got: "Principal: *", want: "limited to named accounts or by a condition" },
  );
