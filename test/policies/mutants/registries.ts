import { added, type StackMutant, welcome } from "./mutant.ts";

const more = (what: string, type: string, inputs: object): StackMutant => added("foundation", `aws:${type}`, what, { ...inputs });
const spare = (what: string, type: string, inputs: object): StackMutant =>
  welcome("foundation", `aws:${type}`, what, { ...inputs });

const everybody = (...actions: string[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: actions }] });
const cache = "ecr/pullThroughCacheRule:PullThroughCacheRule";

/** Registries that everybody reads, and those of everybody that are read. */
export const REGISTRIES: readonly StackMutant[] = [
  more("images for everybody", "ecrpublic/repository:Repository", { repositoryName: "models" }),
  more("images for everybody, by a policy", "ecrpublic/repositoryPolicy:RepositoryPolicy", {
    repositoryName: "models",
    policy: everybody("ecr-public:*"),
  }),
  more("images that every account pulls", "ecr/repositoryPolicy:RepositoryPolicy", {
    repository: "millrace-prod/model-server",
    policy: everybody("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
  }),
  more("images that new repositories give to everybody", "ecr/repositoryCreationTemplate:RepositoryCreationTemplate", {
    prefix: "ROOT",
    appliedFors: ["PULL_THROUGH_CACHE"],
    imageTagMutability: "IMMUTABLE",
    encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: "arn:aws:kms:eu-north-1:333333333333:key/1" }],
    repositoryPolicy: everybody("ecr:BatchGetImage"),
  }),
  more("new repositories whose tags move", "ecr/repositoryCreationTemplate:RepositoryCreationTemplate", {
    prefix: "ROOT",
    appliedFors: ["PULL_THROUGH_CACHE"],
  }),
  more("a cache of everybody's images", cache, {
    ecrRepositoryPrefix: "hub",
    upstreamRegistryUrl: "registry-1.docker.io",
    credentialArn: "arn:aws:secretsmanager:eu-north-1:333333333333:secret:ecr-pullthroughcache/hub-AbCdEf",
  }),
  more("a cache of images of GitHub", cache, { ecrRepositoryPrefix: "ghcr", upstreamRegistryUrl: "ghcr.io" }),
  more("a cache of images of a stranger", cache, { ecrRepositoryPrefix: "other", upstreamRegistryUrl: "registry.example.net" }),
  more("a cache of images of a foreign account", cache, {
    ecrRepositoryPrefix: "other",
    upstreamRegistryUrl: "121212121212.dkr.ecr.eu-north-1.amazonaws.com",
  }),
  spare("a cache of images of our registry", cache, {
    ecrRepositoryPrefix: "ours",
    upstreamRegistryUrl: "333333333333.dkr.ecr.eu-west-1.amazonaws.com",
  }),
  spare("a cache of images of Kubernetes", cache, { ecrRepositoryPrefix: "k8s", upstreamRegistryUrl: "registry.k8s.io" }),
];
