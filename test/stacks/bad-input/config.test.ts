import { expect, it } from "vitest";
import type { Layer } from "#stacks/contracts";
import { type Changes, refused } from "../../harness/refused.ts";

const ROLE = "arn:aws:iam::111111111111:role/a";
const REGIONS = "must be a region where dev may run (eu-west-1, eu-central-1, us-east-1)";
const KEYS = "(account, region, owners, contact, state)";
const OWNERS = "(roles, networks, repository, groups)";

it.each<[what: string, layer: Layer, changes: Changes, sentence: string]>([
  [
    "a misspelt key",
    "foundation",
    { "config.regoin": "eu-west-1" },
    `regoin must be a known key ${KEYS}. Did you mean 'region'?`,
  ],
  [
    "two faults at once",
    "foundation",
    { "config.regoin": "eu-west-1", "config.account": "12345" },
    `regoin must be a known key ${KEYS}. Did you mean 'region'?\nstacks/config/Pulumi.foundation-dev.yaml: millrace:account must be the account's 12 digits, in quotes, got '12345'`,
  ],
  ["a key like no other", "foundation", { "config.bananas": "7" }, `bananas must be a known key ${KEYS}`],
  ["another layer's secret", "foundation", { "config.alertWebhook": "s3cret" }, `alertWebhook must be a known key ${KEYS}`],
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
    "account must be the account's 12 digits, in quotes, got '[secret]'",
  ],
  ["no region", "foundation", { "config.region": undefined }, `region ${REGIONS}, got nothing`],
  [
    "a misspelt region",
    "foundation",
    { "config.region": "eu-wst-1" },
    `region ${REGIONS}, got 'eu-wst-1'. Did you mean 'eu-west-1'?`,
  ],
  ["a region that is none", "foundation", { "config.region": "mars" }, `region ${REGIONS}, got 'mars'`],
  ["a region where dev may not run", "foundation", { "config.region": "ap-south-1" }, `region ${REGIONS}, got 'ap-south-1'`],
  [
    "a zone for a region",
    "foundation",
    { "config.region": "eu-west-1a" },
    `region ${REGIONS}, got 'eu-west-1a'. Did you mean 'eu-west-1'?`,
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
    "owners must be JSON where it begins with '{': set it with --path, or write it as YAML",
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
    "owners.roles.0 must be the ARN of an IAM role, got 'admins'",
  ],
  [
    "a user for a role",
    "foundation",
    { "config.owners.roles": [ROLE, "arn:aws:iam::111111111111:user/me"] },
    "owners.roles.1 must be the ARN of an IAM role, got 'arn:aws:iam::111111111111:user/me'",
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
    "owners.networks.0 must be an IPv4 CIDR other than 0.0.0.0/0, got '0.0.0.0/0'",
  ],
  [
    "an address with bits beyond its mask",
    "platform",
    { "config.owners.networks": ["203.0.113.1/24"] },
    "owners.networks.0 must be an IPv4 CIDR other than 0.0.0.0/0, got '203.0.113.1/24'",
  ],
  [
    "an empty list of networks where the API is public",
    "platform",
    { "config.owners.networks": [] },
    "owners.networks must name at least one CIDR where the Kubernetes API is public, got none",
  ],
  [
    "no repository",
    "foundation",
    { "config.owners.repository": undefined },
    "owners.repository must be `<organisation>/<repository>`, got nothing",
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
    "owners.groups.risk-ml-engineer must be a known key (risk-data-scientists, risk-ml-engineers). Did you mean 'risk-ml-engineers'?",
  ],
  [
    "a person in a group",
    "platform",
    { "config.owners.groups": { "risk-ml-engineers": ["me"] } },
    "owners.groups.risk-ml-engineers.0 must be the ARN of an IAM role, got 'me'",
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
])("stack config may not hold %s", async (_, layer, changes, sentence) => {
  expect(await refused(layer, changes)).toEqual({
    sentence: `stacks/config/Pulumi.${layer}-dev.yaml: millrace:${sentence}`,
    plain: true,
    touched: [],
  });
});
