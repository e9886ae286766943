import { conditionsOf, principalsOf, statementsOf } from "../policy-document.ts";
import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, stackRule } from "../rule.ts";
import { together } from "../together.ts";

const REPOSITORY = "aws:ecr/repository:Repository";
const LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy";
const REGISTRY_SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";

const repositories = stackRule({
  id: "IMG-03",
  title:
    "In an image repository a tag means one image for ever; images are scanned, encrypted with our key, cleared away, and ours",
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
  relate: (resources) => {
    const of = (type: string) => resources.filter((resource) => resource.type === type);
    const scanned = () => of(REGISTRY_SCANNING).some(scansEverything);
    return together(
      ...of(REPOSITORY).flatMap((repository) => [
        ...ownChecks(repository, scanned),
        () =>
          of(LIFECYCLE).some((policy) => belongsTo(policy, repository))
            ? []
            : [{ resource: repository, property: "LifecyclePolicy", got: "nothing", want: "one that expires what nobody uses" }],
      ]),
      ...of(REPOSITORY_POLICY).map((resource) => () => {
        const want = "for named accounts, or narrowed by a condition";
        return isPublic(resource) ? [{ resource, property: "policy", got: "Principal: *", want }] : [];
      }),
    );
  },
});

function ownChecks(resource: Resource, scannedAnyway: () => boolean): (() => Fault[])[] {
  const { inputs } = resource;
  const holds = (property: string, got: string, want: string): Fault[] =>
    got === want ? [] : [{ resource, property, got, want }];
  return [
    () => holds("imageTagMutability", inputs.imageTagMutability ?? "MUTABLE", "IMMUTABLE"),
    () =>
      scannedAnyway()
        ? []
        : holds(
            "imageScanningConfiguration.scanOnPush",
            String(inputs.imageScanningConfiguration?.scanOnPush ?? "nothing"),
            "true",
          ),
    () => {
      const type: string = inputs.encryptionConfigurations?.[0]?.encryptionType ?? "AES256";
      return holds("encryptionConfigurations[0].encryptionType", type.replace("KMS_DSSE", "KMS"), "KMS");
    },
  ];
}

/** The registry's own setting overrides what its repositories say (ECR user guide, "Scanning filters"). */
const scansEverything = ({ inputs }: Resource): boolean =>
  inputs.rules?.some(
    (rule: any) => rule.scanFrequency !== "MANUAL" && rule.repositoryFilters?.some((each: any) => each.filter === "*"),
  ) ?? false;

/** By what it waits for; the name may not be known yet, or be written out. */
const belongsTo = (policy: Resource, repository: Resource): boolean =>
  policy.dependencies.includes(repository.name) || policy.inputs.repository === repository.inputs.name;

/** A condition may narrow it to an organisation; without one everybody with an AWS account is meant. */
const isPublic = ({ inputs }: Resource): boolean =>
  statementsOf(inputs.policy, "policy").some(
    (statement) => statement.allows && conditionsOf(statement).length === 0 && principalsOf(statement).AWS.includes("*"),
  );

const CLUSTER = "aws:eks/cluster:Cluster";
const KYVERNO = /^kubernetes:policies\.kyverno\.io\/v1(alpha1|beta1)?:ImageValidatingPolicy$/;
const SIGSTORE = /^kubernetes:policy\.sigstore\.dev\/v1(alpha1|beta1):ClusterImagePolicy$/;

/** Beside the cluster, because such a policy holds for all of it: a stack of workloads cannot see it. */
const signatures = stackRule({
  id: "IMG-04",
  title: "A cluster verifies who signed an image before it runs it, by a named signer of a named issuer",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["SLSA", "NIST AI RMF GOVERN 6.1"],
  remediation:
    "Sign images when they are built, and add an ImageValidatingPolicy (Kyverno) or ClusterImagePolicy (Sigstore) that names issuer and subject, or a key.",
  peers: ["kyverno verify-image-*"],
  relate: (resources) => {
    const policies = resources.filter(({ type }) => KYVERNO.test(type) || SIGSTORE.test(type));
    return together(...policies.map((policy) => () => looseEnds(policy)), () =>
      resources
        .filter(({ type }) => type === CLUSTER && policies.length === 0)
        .map((resource) => ({
          resource,
          property: "ImageValidatingPolicy",
          got: "nothing",
          want: "one that verifies signatures",
        })),
    );
  },
});

export const IMAGE_TRUST: readonly Rule[] = [repositories, signatures];

const looseEnds = (resource: Resource): Fault[] =>
  (KYVERNO.test(resource.type) ? kyvernoFaults : sigstoreFaults)(resource.inputs.spec ?? {}).map((fault) => ({
    ...fault,
    resource,
  }));

function kyvernoFaults({ validationActions = ["Deny"], attestors = [] }: any): Fault[] {
  return [
    ...(validationActions.includes("Deny")
      ? []
      : [{ property: "spec.validationActions", got: validationActions.join(", "), want: "Deny" }]),
    ...signersOf(attestors, "spec.attestors", ({ cosign = {}, notary }: any) => ({
      byKey: "key" in cosign || notary !== undefined,
      keyless: cosign.keyless,
    })),
  ];
}

function sigstoreFaults({ mode = "enforce", authorities = [] }: any): Fault[] {
  return [
    ...(mode === "enforce" ? [] : [{ property: "spec.mode", got: mode, want: "enforce" }]),
    ...signersOf(authorities, "spec.authorities", ({ key, keyless }: any) => ({ byKey: key !== undefined, keyless })),
  ];
}

/** Each signer is a key, or identities of which each names issuer and subject: anybody can get a keyless certificate. */
function signersOf(list: any[], path: string, read: (entry: any) => { byKey: boolean; keyless: any }): Fault[] {
  if (list.length === 0) {
    return [{ property: path, got: "nothing", want: "who may sign" }];
  }
  return list.flatMap((entry, at) => {
    const { byKey, keyless } = read(entry);
    const identities: any[] = keyless?.identities ?? [];
    const named =
      identities.length > 0 && identities.every((identity) => names(identity, "issuer") && names(identity, "subject"));
    return byKey || named
      ? []
      : [{ property: `${path}[${at}]`, got: describe(keyless), want: "a key, or a named issuer and subject" }];
  });
}

/** As it stands, or as an expression that some names would not fit. */
const names = (identity: any, field: "issuer" | "subject"): boolean =>
  Boolean(identity[field]) || !["", "*", ".*", "^.*$", ".+", "^.+$"].includes(identity[`${field}RegExp`] ?? "");

const describe = (keyless: any): string =>
  keyless === undefined ? "nothing" : keyless.identities === undefined ? "anybody" : JSON.stringify(keyless.identities);
