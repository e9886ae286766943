import { expect, it } from "vitest";
import type { Layer } from "#stacks/contracts";
import { type Changes, refused } from "../../harness/refused.ts";

const ROLE = "arn:aws:iam::111111111111:role/a";
const REGIONS = "must be a region where dev may run (eu-north-1, eu-central-1, us-east-1)";
const KEYS =
  "(account, region, owners, contact, trackingImage, featuresImage, state, ledger, githubProvider, spotRole, reservations, charts, images, kafka, breakGlass, runner, callers, signOn, trackingSignOn)";
const OWNERS = "(roles, networks, repository, repositoryIds, groups)";

const CONNECTION = "the ARN of a connection to GitHub (arn:aws:codeconnections:…:connection/…)";
const PRIVATE = "must be a private IPv4 CIDR (inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10)";
const NARROW = "must be a private IPv4 CIDR, or a public one no wider than /16";
const OUT_OF_REACH = "where the Kubernetes API is private and millrace:owners.networks names no private CIDR, got";
const CERTIFICATE = "arn:aws:acm:eu-west-1:111111111111:certificate/11111111-2222-3333-4444-555555555555";
const ELSEWHERE = "arn:aws:codeconnections:eu-west-1:222222222222:connection/11111111-2222-3333-4444-555555555555";
const TRACKING_SIGN_ON = { issuer: "https://id.example.com", clientId: "mlflow", keysUrl: "https://id.example.com/keys" };
const SIGN_ON = {
  clientId: "grafana",
  secretArn: "arn:aws:secretsmanager:eu-north-1:111111111111:secret:millrace-dev-grafana-abc",
  authorizeUrl: "https://id.example.com/authorize",
  tokenUrl: "https://id.example.com/token",
  userInfoUrl: "https://id.example.com/userinfo",
};

it.each<[what: string, layer: Layer, changes: Changes, sentence: string]>([
  [
    "a misspelt key",
    "foundation",
    { "config.regoin": "eu-north-1" },
    `regoin must be a known key ${KEYS}. Did you mean 'region'?`,
  ],
  [
    "two faults at once",
    "foundation",
    { "config.regoin": "eu-north-1", "config.account": "12345" },
    `regoin must be a known key ${KEYS}. Did you mean 'region'?\nstacks/config/Pulumi.foundation-dev.yaml: millrace:account must be the account's 12 digits, in quotes, got '12345'`,
  ],
  [
    "a misspelt key without the right one",
    "foundation",
    { "config.regoin": "eu-north-1", "config.region": undefined },
    `regoin must be a known key ${KEYS}. Did you mean 'region'?`,
  ],
  ["a key like no other", "foundation", { "config.bananas": "7" }, `bananas must be a known key ${KEYS}`],
  ["another layer's secret", "foundation", { "config.alertWebhook": "s3cret" }, `alertWebhook must be a known key ${KEYS}`],
  ...(
    [
      ["no digest", undefined, "nothing"],
      ["a tag for a digest", "v3.17.0-full", "'v3.17.0-full'"],
      ["an image for a digest", "ghcr.io/mlflow/mlflow@sha256:0", "'ghcr.io/mlflow/mlflow@sha256:0'"],
      ["a short digest", "sha256:abc", "'sha256:abc'"],
      ["a digest in capitals", `sha256:${"A".repeat(64)}`, `'sha256:${"A".repeat(64)}'`],
    ] as const
  ).map(([what, value, got]): [string, Layer, Changes, string] => [
    what,
    "platform",
    { "config.trackingImage": value },
    `trackingImage must be the digest of MLflow's image, \`sha256:<64 hexadecimal digits>\` (docs/guides/aws.md says how to copy the image), got ${got}`,
  ]),
  [
    "a registry of charts over HTTP",
    "platform",
    { "config.charts": "http://registry.example.com/charts" },
    "charts must begin with oci:// for a registry, or name a folder without a scheme (write 'oci://registry.example.com/charts'), got 'http://registry.example.com/charts'",
  ],
  [
    "a number for a place of charts",
    "platform",
    { "config.charts": "42" },
    "charts must be the name of a place, such as oci://registry.example.com/charts or vendor/charts, not a number, true, false or null, got '42'",
  ],
  [
    "a list of places of charts",
    "platform",
    { "config.charts": ["vendor/charts"] },
    "charts must be one text, such as oci://registry.example.com/charts or vendor/charts, not a list, got '[\"vendor/charts\"]'",
  ],
  [
    "a password in a mirror of images",
    "workloads",
    { "config.images": "ci:secret@registry.example.com/mirror" },
    "images must have no user and no password, which `helm registry login` and `docker login` keep (write 'registry.example.com/mirror'), got '…@registry.example.com/mirror'",
  ],
  [
    "a mirror of images in capitals",
    "workloads",
    { "config.images": "Registry.example.com/mirror" },
    "images must be in lower case (write 'registry.example.com/mirror'), got 'Registry.example.com/mirror'",
  ],
  [
    "a file for a folder of charts",
    "platform",
    { "config.charts": "stacks/layers.ts" },
    "charts must be a folder with the archive of each chart, got 'stacks/layers.ts', which is a file: name the folder around it, 'stacks', or fetch them: npx millrace charts fetch --to vendor/charts",
  ],
  [
    "a file of the project itself for a folder of charts",
    "platform",
    { "config.charts": "README.md" },
    "charts must be a folder with the archive of each chart, got 'README.md', which is a file: fetch them: npx millrace charts fetch --to vendor/charts",
  ],
  [
    "a folder of npm for charts",
    "platform",
    { "config.charts": "node_modules" },
    "charts must be a folder with the archive of each chart, got 'node_modules' without karpenter-1.14.1.tgz, karpenter-crd-1.14.1.tgz, kueue-0.18.3.tgz, nvidia-device-plugin-0.20.0.tgz and 11 more: fetch them: npx millrace charts fetch --to vendor/charts",
  ],
  [
    "a folder in one of npm for charts",
    "platform",
    { "config.charts": "node_modules/none" },
    "charts must be a folder with the archive of each chart, got 'node_modules/none', which does not exist here: fetch them: npx millrace charts fetch --to vendor/charts",
  ],
  [
    "a file in a folder of npm for charts",
    "platform",
    { "config.charts": "node_modules/yaml/package.json" },
    "charts must be a folder with the archive of each chart, got 'node_modules/yaml/package.json', which is a file: fetch them: npx millrace charts fetch --to vendor/charts",
  ],
  [
    "a registry of charts without its scheme",
    "platform",
    { "config.charts": "registry.example.com/charts" },
    "charts must be a folder with the archive of each chart, got 'registry.example.com/charts', which does not exist here: fetch them: npx millrace charts fetch --to registry.example.com/charts, or write 'oci://registry.example.com/charts' for a registry",
  ],
  [
    "a folder of charts that is not there",
    "platform",
    { "config.charts": "no/charts" },
    "charts must be a folder with the archive of each chart, got 'no/charts', which does not exist here: fetch them: npx millrace charts fetch --to no/charts",
  ],
  [
    "a folder of charts without charts",
    "platform",
    { "config.charts": "stacks" },
    "charts must be a folder with the archive of each chart, got 'stacks' without karpenter-1.14.1.tgz, karpenter-crd-1.14.1.tgz, kueue-0.18.3.tgz, nvidia-device-plugin-0.20.0.tgz and 11 more: fetch them: npx millrace charts fetch --to stacks",
  ],
  [
    "no account",
    "foundation",
    { "config.account": undefined },
    "account must be the account's 12 digits, in quotes, got nothing",
  ],
  [
    "a short account",
    "foundation",
    { "config.account": "12345" },
    "account must be the account's 12 digits, in quotes, got '12345'",
  ],
  [
    "an alias for the account",
    "foundation",
    { "config.account": "dev" },
    "account must be the account's 12 digits, in quotes, got 'dev'",
  ],
  [
    "a value that is wrong and secret",
    "foundation",
    { "config.account": "hunter2", secrets: ["account"] },
    "account must be plain text, got a secret, which no plan can read: set it again without --secret",
  ],
  ["no region", "foundation", { "config.region": undefined }, `region ${REGIONS}, got nothing`],
  [
    "a misspelt region",
    "foundation",
    { "config.region": "eu-nrth-1" },
    `region ${REGIONS}, got 'eu-nrth-1'. Did you mean 'eu-north-1'?`,
  ],
  ["a region that is none", "foundation", { "config.region": "mars" }, `region ${REGIONS}, got 'mars'`],
  ["a region where dev may not run", "foundation", { "config.region": "ap-south-1" }, `region ${REGIONS}, got 'ap-south-1'`],
  [
    "a zone for a region",
    "foundation",
    { "config.region": "eu-north-1a" },
    `region ${REGIONS}, got 'eu-north-1a'. Did you mean 'eu-north-1'?`,
  ],
  [
    "no owners",
    "foundation",
    { "config.owners": undefined },
    "owners must be an object with roles, networks and repository, got nothing",
  ],
  [
    "owners as text",
    "foundation",
    { "config.owners": "me" },
    "owners must be an object with roles, networks and repository, got 'me'",
  ],
  [
    "owners as broken JSON",
    "foundation",
    { "config.owners": "{roles" },
    "owners must be JSON because it begins with '{': set it with --path, or write it as YAML",
  ],
  [
    "a misspelt key of the owners",
    "foundation",
    { "config.owners.networs": [] },
    `owners.networs must be a known key ${OWNERS}. Did you mean 'networks'?`,
  ],
  ["no roles", "foundation", { "config.owners.roles": undefined }, "owners.roles must be a list, got nothing"],
  ["one role without a list", "foundation", { "config.owners.roles": ROLE }, `owners.roles must be a list, got '${ROLE}'`],
  [
    "an empty list of roles",
    "foundation",
    { "config.owners.roles": [] },
    "owners.roles must name at least one IAM role, got '[]'",
  ],
  [
    "a role's name",
    "foundation",
    { "config.owners.roles": ["admins"] },
    "owners.roles[0] must be the ARN of an IAM role, got 'admins'",
  ],
  [
    "a user for a role",
    "foundation",
    { "config.owners.roles": [ROLE, "arn:aws:iam::111111111111:user/me"] },
    "owners.roles[1] must be the ARN of an IAM role, got 'arn:aws:iam::111111111111:user/me'",
  ],
  [
    "a role twice",
    "foundation",
    { "config.owners.roles": [ROLE, ROLE] },
    `owners.roles must name each IAM role once, got '["${ROLE}","${ROLE}"]'`,
  ],
  ["no networks", "foundation", { "config.owners.networks": undefined }, "owners.networks must be a list, got nothing"],
  [
    "the whole internet",
    "platform",
    { "config.owners.networks": ["0.0.0.0/0"] },
    `owners.networks[0] ${NARROW}, got '0.0.0.0/0'`,
  ],
  [
    "an address with bits beyond its mask",
    "platform",
    { "config.owners.networks": ["203.0.113.1/24"] },
    `owners.networks[0] ${NARROW}, got '203.0.113.1/24'`,
  ],
  [
    "the whole internet in halves",
    "platform",
    { "config.owners.networks": ["0.0.0.0/1", "128.0.0.0/1"] },
    ["0.0.0.0/1", "128.0.0.0/1"]
      .map((cidr, index) => `owners.networks[${index}] ${NARROW}, got '${cidr}'`)
      .join("\nstacks/config/Pulumi.platform-dev.yaml: millrace:"),
  ],
  ...["8.0.0.0/6", "203.0.0.0/15", "0.0.0.0/5", "172.0.0.0/8"].map((cidr): [string, Layer, Changes, string] => [
    `a public network that nobody owns: ${cidr}`,
    "foundation",
    { "config.owners.networks": ["203.0.113.0/24", cidr] },
    `owners.networks[1] ${NARROW}, got '${cidr}'`,
  ]),
  [
    "an empty list of networks where the API is public",
    "platform",
    { "config.owners.networks": [] },
    "owners.networks must name at least one CIDR because the Kubernetes API is public, got none",
  ],
  [
    "a number of a repository that is none of GitHub's",
    "foundation",
    { "config.owners.repositoryIds": { repository: "millrace", owner: "42" } },
    "owners.repositoryIds.repository must be GitHub's number, in quotes (gh api repos/<organisation>/<repository>), got 'millrace'",
  ],
  [
    "a repository's number without its owner's",
    "foundation",
    { "config.owners.repositoryIds": { repository: "4711" } },
    "owners.repositoryIds.owner must be GitHub's number, in quotes (gh api repos/<organisation>/<repository>), got nothing",
  ],
  [
    "a number with a wildcard",
    "foundation",
    { "config.owners.repositoryIds": { repository: "47*", owner: "42" } },
    "owners.repositoryIds.repository must be GitHub's number, in quotes (gh api repos/<organisation>/<repository>), got '47*'",
  ],
  [
    "an identity provider that neither is made nor exists",
    "foundation",
    { "config.githubProvider": true },
    "githubProvider must be create, or exists where the account has GitHub's identity provider, got 'true'",
  ],
  [
    "a role of Spot that neither is made nor exists",
    "foundation",
    { "config.spotRole": "maybe" },
    "spotRole must be create, or exists where the account has AWSServiceRoleForEC2Spot, got 'maybe'",
  ],
  [
    "a port of Kafka that is none",
    "workloads",
    { "config.kafka": { bootstrap: "b-1.example.com:9098", networks: ["10.0.0.0/16"], port: 0 } },
    "kafka.port must be a port, 1 to 65535, got '0'",
  ],
  [
    "brokers anywhere",
    "workloads",
    { "config.kafka": { bootstrap: "b-1.example.com:9098", networks: ["0.0.0.0/0"], port: 9_098 } },
    "kafka.networks[0] must be a range of at most /8, such as 10.0.0.0/16, got '0.0.0.0/0'",
  ],
  [
    "brokers without a port",
    "workloads",
    { "config.kafka": { bootstrap: "b-1.example.com", networks: ["10.0.0.0/16"], port: 9_098 } },
    "kafka.bootstrap must be <host>:<port> of brokers, with commas between them, got 'b-1.example.com'",
  ],
  [
    "no repository",
    "foundation",
    { "config.owners.repository": undefined },
    "owners.repository must be `<organisation>/<repository>`, got nothing",
  ],
  ...["../..", "example/..", "example/.", "-a/b", "a.b/c", "example/millrace.git"].map(
    (repository): [string, Layer, Changes, string] => [
      `the repository ${repository}`,
      "foundation",
      { "config.owners.repository": repository },
      `owners.repository must be \`<organisation>/<repository>\`, got '${repository}'`,
    ],
  ),
  [
    "a group where there are no teams",
    "foundation",
    { teams: {}, "config.owners.groups": { "risk-ml-engineers": [ROLE] } },
    "owners.groups.risk-ml-engineers must be a known key (millrace-sre, millrace-auditors)",
  ],
  [
    "a repository's address",
    "foundation",
    { "config.owners.repository": "https://github.com/example/millrace" },
    "owners.repository must be `<organisation>/<repository>`, got 'https://github.com/example/millrace'",
  ],
  [
    "a group of no team",
    "platform",
    { "config.owners.groups": { "risk-ml-engineer": [ROLE] } },
    "owners.groups.risk-ml-engineer must be a known key (risk-data-scientists, risk-ml-engineers, millrace-sre, millrace-auditors). Did you mean 'risk-ml-engineers'?",
  ],
  [
    "a person in a group",
    "platform",
    { "config.owners.groups": { "risk-ml-engineers": ["me"] } },
    "owners.groups.risk-ml-engineers[0] must be the ARN of an IAM role, got 'me'",
  ],
  ["no contact", "foundation", { "config.contact": undefined }, "contact must be an e-mail address, got nothing"],
  ["a contact without a domain", "foundation", { "config.contact": "me" }, "contact must be an e-mail address, got 'me'"],
  [
    "a state's bucket as an address",
    "foundation",
    { "config.state.bucket": "s3://state" },
    "state.bucket must be the name of an S3 bucket, got 's3://state'",
  ],
  [
    "a state's key by its alias",
    "foundation",
    { "config.state.key": "alias/state" },
    "state.key must be the ARN of a KMS key, got 'alias/state'",
  ],
  [
    "a state without a key",
    "foundation",
    { "config.state.key": undefined },
    "state.key must be the ARN of a KMS key, got nothing",
  ],
  ...["arn:aws:kms:eu-north-1:222222222222:key/b", "arn:aws:kms:eu-central-1:111111111111:key/a"].map(
    (key): [string, Layer, Changes, string] => [
      `a state's key from elsewhere: ${key}`,
      "foundation",
      { "config.state.key": key },
      `state.key must be in account 111111111111 and region eu-north-1, got '${key}'`,
    ],
  ),
  ...["acme-millrace-state-prod", "staging.acme.state"].map((bucket): [string, Layer, Changes, string] => [
    `another environment's bucket: ${bucket}`,
    "workloads",
    { "config.state.bucket": bucket },
    `state.bucket must be dev's own bucket, not one of ${/prod|staging/.exec(bucket)![0]}, got '${bucket}'`,
  ]),
  ...["millrace-state-dev-222222222222-eu-north-1", "millrace-state-dev-111111111111-us-east-1"].map(
    (bucket): [string, Layer, Changes, string] => [
      `a bucket from elsewhere: ${bucket}`,
      "platform",
      { "config.state.bucket": bucket },
      `state.bucket must be a bucket in account 111111111111 and region eu-north-1, got '${bucket}'`,
    ],
  ),
  [
    "a bucket and a key of another environment's file",
    "platform",
    {
      "config.account": "333333333333",
      "config.state": {
        bucket: "example-millrace-state-prod",
        key: "arn:aws:kms:eu-north-1:333333333333:key/11111111-2222-3333-4444-555555555555",
      },
    },
    "state.bucket must be another one than in stacks/config/Pulumi.platform-prod.yaml, got 'example-millrace-state-prod'\nstacks/config/Pulumi.platform-dev.yaml: millrace:state.key must be another one than in stacks/config/Pulumi.platform-prod.yaml, got 'arn:aws:kms:eu-north-1:333333333333:key/11111111-2222-3333-4444-555555555555'",
  ],
  [
    "a bucket and a key from elsewhere at once",
    "foundation",
    { "config.state": { bucket: "acme-prod", key: "arn:aws:kms:us-east-1:111111111111:key/a" } },
    "state.key must be in account 111111111111 and region eu-north-1, got 'arn:aws:kms:us-east-1:111111111111:key/a'\nstacks/config/Pulumi.foundation-dev.yaml: millrace:state.bucket must be dev's own bucket, not one of prod, got 'acme-prod'",
  ],
  [
    "a runner without a connection",
    "foundation",
    { "config.runner": {} },
    `runner.connection must be ${CONNECTION}, got nothing`,
  ],
  [
    "a runner's connection by its name",
    "foundation",
    { "config.runner": { connection: "github" } },
    `runner.connection must be ${CONNECTION}, got 'github'`,
  ],
  ["a runner as text", "foundation", { "config.runner": "github" }, "runner must be an object, got 'github'"],
  [
    "a misspelt key of the runner",
    "foundation",
    { "config.runner": { conection: "x" } },
    `runner.conection must be a known key (connection). Did you mean 'connection'?`,
  ],
  [
    "callers on the internet",
    "platform",
    { "config.callers": { networks: ["203.0.113.0/24"] } },
    `callers.networks[0] ${PRIVATE}, got '203.0.113.0/24'`,
  ],
  [
    "callers everywhere",
    "platform",
    { "config.callers": { networks: ["0.0.0.0/0"] } },
    `callers.networks[0] ${PRIVATE}, got '0.0.0.0/0'`,
  ],
  [
    "a caller's address without a length",
    "platform",
    { "config.callers": { networks: ["10.200.0.1"] } },
    `callers.networks[0] ${PRIVATE}, got '10.200.0.1'`,
  ],
  [
    "every account as a caller",
    "platform",
    { "config.callers": { principals: ["*"] } },
    "callers.principals[0] must be the ARN of an AWS account (…:root), role or user, got '*'",
  ],
  [
    "a caller's account without an ARN",
    "platform",
    { "config.callers": { principals: ["222222222222"] } },
    "callers.principals[0] must be the ARN of an AWS account (…:root), role or user, got '222222222222'",
  ],
  [
    "a certificate by its domain",
    "platform",
    { "config.callers": { certificate: "*.models.internal" } },
    "callers.certificate must be the ARN of a certificate in ACM, got '*.models.internal'",
  ],
  [
    "a misspelt key of the callers",
    "platform",
    { "config.callers": { network: [] } },
    "callers.network must be a known key (networks, principals, certificate). Did you mean 'networks'?",
  ],
  [
    "a certificate of another region",
    "platform",
    { "config.callers": { certificate: CERTIFICATE.replace("eu-west-1", "us-east-1") } },
    `callers.certificate must be in account 111111111111 and region eu-north-1, got '${CERTIFICATE.replace("eu-west-1", "us-east-1")}'`,
  ],
  [
    "a certificate of another account",
    "platform",
    { "config.callers": { certificate: CERTIFICATE.replace("111111111111", "222222222222") } },
    `callers.certificate must be in account 111111111111 and region eu-north-1, got '${CERTIFICATE.replace("111111111111", "222222222222")}'`,
  ],
  [
    "a sign-on secret of another region",
    "platform",
    { "config.signOn": { ...SIGN_ON, secretArn: SIGN_ON.secretArn.replace("eu-north-1", "eu-central-1") } },
    `signOn.secretArn must be in account 111111111111 and region eu-north-1, got '${SIGN_ON.secretArn.replace("eu-north-1", "eu-central-1")}'`,
  ],
  [
    "another account's connection",
    "foundation",
    { "config.runner": { connection: ELSEWHERE } },
    `runner.connection must be in account 111111111111 and region eu-north-1, got '${ELSEWHERE}'`,
  ],
  [
    "a connection of another region",
    "foundation",
    { "config.runner": { connection: ELSEWHERE.replace("222222222222", "111111111111") } },
    `runner.connection must be in account 111111111111 and region eu-north-1, got '${ELSEWHERE.replace("222222222222", "111111111111")}'`,
  ],
  [
    "a connection with the old name of its service",
    "foundation",
    { "config.runner": { connection: ELSEWHERE.replace("codeconnections", "codestar-connections") } },
    `runner.connection must be ${CONNECTION}, got 'arn:aws:codestar-connections:eu-west-1:222222222222:connection/11111111-2222-33…'`,
  ],
  ...["grafana-abc", "millrace-prod-grafana-abc", "millrace-development-abc", "rds!db-1"].map(
    (name): [string, Layer, Changes, string] => [
      `a sign-on secret that no role may read: ${name}`,
      "platform",
      { "config.signOn": { ...SIGN_ON, secretArn: SIGN_ON.secretArn.replace("millrace-dev-grafana-abc", name) } },
      name.includes("!")
        ? `signOn.secretArn must be the ARN of a secret in Secrets Manager, got '${SIGN_ON.secretArn.replace("millrace-dev-grafana-abc", name)}'`
        : `signOn.secretArn must be a secret whose name begins with millrace-dev- (roles of the environment may read no other), got '${SIGN_ON.secretArn.replace("millrace-dev-grafana-abc", name)}'`,
    ],
  ),
  [
    "a sign-on secret of another partition",
    "platform",
    { "config.signOn": { ...SIGN_ON, secretArn: SIGN_ON.secretArn.replace("arn:aws:", "arn:aws-cn:") } },
    `signOn.secretArn must be the ARN of a secret in Secrets Manager, got 'arn:aws-cn:secretsmanager:eu-north-1:111111111111:secret:millrace-dev-grafana-a…'`,
  ],
  [
    "sign-on by HTTP",
    "platform",
    { "config.signOn": { ...SIGN_ON, tokenUrl: "http://id.example.com/token" } },
    "signOn.tokenUrl must be a web address that begins with https://, got 'http://id.example.com/token'",
  ],
  [
    "tokens whose keys come by HTTP",
    "platform",
    { "config.trackingSignOn": { ...TRACKING_SIGN_ON, keysUrl: "http://id.example.com/keys" } },
    "trackingSignOn.keysUrl must be a web address that begins with https://, got 'http://id.example.com/keys'",
  ],
  [
    "tokens of no client",
    "platform",
    { "config.trackingSignOn": { ...TRACKING_SIGN_ON, clientId: "" } },
    "trackingSignOn.clientId must be the id of a client, without spaces, got ''",
  ],
  [
    "sign-on with the secret itself",
    "platform",
    { "config.signOn": { ...SIGN_ON, secretArn: "hunter2" } },
    "signOn.secretArn must be the ARN of a secret in Secrets Manager, got 'hunter2'",
  ],
  [
    "sign-on without a client",
    "platform",
    { "config.signOn": { ...SIGN_ON, clientId: undefined } },
    "signOn.clientId must be the id of a client, without spaces, got nothing",
  ],
  [
    "a misspelt key of the sign-on",
    "platform",
    { "config.signOn": { ...SIGN_ON, rol: "'Viewer'" } },
    "signOn.rol must be a known key (clientId, secretArn, authorizeUrl, tokenUrl, userInfoUrl, role). Did you mean 'role'?",
  ],
  [
    "a private API without a runner or a private network",
    "platform",
    { "profile.cluster.endpoint": "private" },
    `runner must be set ${OUT_OF_REACH} nothing: without a runner in the VPC no deployment reaches the API`,
  ],
  [
    "a missing secret",
    "platform",
    { "config.alertWebhook": undefined },
    "alertWebhook must be set, got nothing: pulumi config set --secret millrace:alertWebhook -s platform-dev (it asks for the value)",
  ],
  [
    "a secret in plain text",
    "platform",
    { secrets: [] },
    "alertWebhook must be secret, got plain text: set it again with --secret",
  ],
  [
    "an empty secret",
    "platform",
    { "config.alertWebhook": "" },
    "alertWebhook must be a web address that begins with https://, got something else: set it again",
  ],
  [
    "a secret that is no address, which is not shown",
    "platform",
    { "config.alertWebhook": "hunter2" },
    "alertWebhook must be a web address that begins with https://, got something else: set it again",
  ],
  [
    "an empty list of reservations",
    "platform",
    { "config.reservations": { training: [] } },
    "reservations.training[0] must be the id of a capacity reservation, cr-…, got nothing",
  ],
  [
    "reservations that are no list",
    "platform",
    { "config.reservations": { training: "cr-1" } },
    "reservations.training must name at least one capacity reservation, got 'cr-1'",
  ],
  [
    "a reservation that is no id",
    "platform",
    { "config.reservations": { inference: ["r-1"] } },
    "reservations.inference[0] must be the id of a capacity reservation, cr-…, got 'r-1'",
  ],
  [
    "one reservation for two pools",
    "platform",
    { "config.reservations": { training: ["cr-1"], cpu: ["cr-1"] } },
    'reservations must name each capacity reservation once, got \'{"training":["cr-1"],"cpu":["cr-1"]}\'',
  ],
  [
    "reservations for a pool that is not there",
    "platform",
    { "config.reservations": { serving: ["cr-1"] } },
    "reservations.serving must be a known key (cpu, training, inference)",
  ],
  [
    "a heartbeat in plain text",
    "platform",
    { "config.heartbeat": "https://switch.example.test" },
    "heartbeat must be secret, got plain text: set it again with --secret",
  ],
  [
    "a heartbeat that is no address",
    "platform",
    { "config.heartbeat": "often", secrets: ["alertWebhook", "heartbeat"] },
    "heartbeat must be a web address that begins with https://, got something else: set it again",
  ],
  [
    "a heartbeat to the people who are paged",
    "platform",
    { "config.heartbeat": "https://a.test", "config.alertWebhook": "https://a.test", secrets: ["alertWebhook", "heartbeat"] },
    "heartbeat must be another address than millrace:alertWebhook, got the same: it is sent every minute, set it to a dead-man switch or remove it",
  ],
])("stack config may not hold %s", async (_, layer, changes, sentence) => {
  expect(await refused(layer, changes)).toEqual({
    sentence: `stacks/config/Pulumi.${layer}-dev.yaml: millrace:${sentence}`,
    plain: true,
    touched: [],
  });
});

const RUNNER = { connection: "arn:aws:codeconnections:eu-north-1:111111111111:connection/11111111-2222-3333-4444-555555555555" };

it.each([
  ["aws:region", "eu-north-1", "write millrace:region"],
  ["aws:defaultTags", { tags: { a: "b" } }, "remove it"],
  ["kubernetes:namespace", "x", "remove it"],
  ["milrace:account", "111111111111", "remove it"],
])("stack config may not hold %s, which nobody would read", async (key, value, remedy) => {
  expect(await refused("foundation", { [`config.${key}`]: value })).toEqual({
    sentence: `stacks/config/Pulumi.foundation-dev.yaml: ${key} must be a key of millrace:, because the program configures its providers itself and reads no other: ${remedy}`,
    plain: true,
    touched: [],
  });
});

it("a private API that only CI reaches is refused", async () => {
  expect(await refused("platform", { "profile.cluster.endpoint": "private", "config.runner": RUNNER })).toEqual({
    sentence: `stacks/inputs/environments/dev.ts: cluster.accessHost must be true ${OUT_OF_REACH} 'false': without it people do not reach the API`,
    plain: true,
    touched: [],
  });
});

it.each<[string, Changes]>([
  ["a runner and an access host", { "config.runner": RUNNER, "profile.cluster.accessHost": true }],
  ["a private network", { "config.owners.networks": ["10.99.0.0/16"] }],
])("a private API is in reach by %s", async (_, changes) => {
  expect((await refused("platform", { "profile.cluster.endpoint": "private", ...changes })).sentence).toBe("");
});

it.each<Layer>(["foundation", "platform", "workloads"])(
  "placeholders in a config of the %s layer are refused in a real account",
  async (layer) => {
    const { sentence, plain, touched } = await refused(layer, { real: true });
    const lines = sentence.split("\n");
    const place = `stacks/config/Pulumi.${layer}-dev.yaml: millrace:`;
    const rule = "must be a value of your own, got the placeholder";
    const remedy = "docs/guides/aws.md says what goes there";
    expect(lines).toContain(`${place}account ${rule} '111111111111' (account of examples): ${remedy}`);
    expect(lines).toContain(
      `${place}trackingImage ${rule} 'sha256:6d6c666c6f770000000000000000000000000000000000000000000000000000' (digest that nothing has): ${remedy}`,
    );
    const why = "(digest of this repository's example release, in no store and no registry)";
    const manifest = "releases/models/fraud/3.json: ";
    const ofRelease = lines.filter((line) => line.startsWith(manifest));
    expect(ofRelease.map((line) => line.slice(manifest.length))).toEqual(
      layer === "workloads"
        ? [
            `image.digest ${rule} 'sha256:52fe594d443481d68b5ceabebf6238425c04e3a5386b54904a4e6b2e8bdbb112' ${why}: docs/guides/release.md says what goes there`,
            `sha256 ${rule} 'eb08aebbc0870d645dc7722cb6f634966b7e242a8a54349c8226d986c4b7f468' ${why}: docs/guides/release.md says what goes there`,
          ]
        : [],
    );
    expect(lines).toHaveLength(11 + ofRelease.length);
    expect({ plain, touched }).toEqual({ plain: true, touched: [] });
  },
);

it("a digest of zeros in the release is refused in a real account", async () => {
  const { sentence } = await refused("workloads", {
    real: true,
    "released.fraud.image.digest": `sha256:${"0".repeat(64)}`,
  });
  expect(sentence).toContain(
    `\nreleases/models/fraud/3.json: image.digest must be a value of your own, got the placeholder 'sha256:${"0".repeat(64)}' (digest that nothing has): docs/guides/release.md says what goes there`,
  );
});
