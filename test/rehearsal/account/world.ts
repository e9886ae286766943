import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountHere, ENVIRONMENT, NAMES, type SimulatedAccount } from "#rehearsal/account/account";
import { answerTo } from "#rehearsal/account/answer";
import { CHANGES } from "#rehearsal/account/changes";
import { type CliError, EXIT } from "#rehearsal/account/command-line";
import type { Ask } from "#toolchain/aws-cli";

/** A moment of every test here. */
export const NOW = new Date("2026-11-29T12:34:56.000Z");

export const TAGS = { project: "millrace", environment: "dev" };

const MADE = [
  { type: "aws:ec2/vpc:Vpc", outputs: { id: "vpc-1", tagsAll: TAGS } },
  { type: "aws:ec2/eip:Eip", outputs: { id: "eipalloc-1" } },
  {
    type: "aws:eks/cluster:Cluster",
    inputs: { name: "millrace-dev" },
    outputs: { arn: "arn", version: "1.36", status: "ACTIVE" },
  },
  { type: "aws:cloudwatch/logGroup:LogGroup", outputs: { name: "/aws/eks/millrace-dev/cluster", tagsAll: TAGS } },
  {
    type: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    outputs: { arn: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com", tagsAll: TAGS },
  },
  {
    type: "aws:eks/nodeGroup:NodeGroup",
    inputs: { instanceTypes: ["t3.large"], capacityType: "ON_DEMAND", scalingConfig: { desiredSize: 3 } },
  },
  {
    type: "aws:rds/instance:Instance",
    created: "2026-11-28T01:00:00Z",
    outputs: { identifier: "millrace-dev-tracking", resourceId: "db-NEW", status: "available", backupRetentionPeriod: 7 },
  },
  // Another one has taken its place.
  { type: "aws:ec2/vpc:Vpc", outputs: { id: "vpc-0" }, delete: true },
];

const TAKEN = {
  "aws:cloudwatch/logGroup:LogGroup": { "/aws/eks/millrace-dev/cluster": {} },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": { "https://token.actions.githubusercontent.com": {} },
};

/** How much of an environment is up. */
export type Up = "empty" | "half up" | "up";

/** Folder of a rehearsal of dev: before its first layer, with its foundation, or with all of them. @param changes what a story has changed in the account. */
export function rehearsalFolder(state: Up, changes?: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), "account-"));
  const stacks = join(folder, "state", ".pulumi", "stacks", "millrace");
  mkdirSync(stacks, { recursive: true });
  if (state !== "empty") {
    const resources = MADE.filter(({ type }) => state === "up" || !type.startsWith("aws:eks/"));
    writeFileSync(join(stacks, "foundation-dev.json"), JSON.stringify({ checkpoint: { latest: { resources } } }));
    writeFileSync(join(folder, "account.json"), JSON.stringify(TAKEN));
  }
  if (changes !== undefined) {
    writeFileSync(join(folder, CHANGES), typeof changes === "string" ? changes : JSON.stringify(changes));
  }
  return folder;
}

export const variablesOf = (folder: string): NodeJS.ProcessEnv => ({
  [ENVIRONMENT]: "dev",
  [NAMES]: join(folder, "account.json"),
});

export const accountOf = (state: Up, changes?: unknown): SimulatedAccount =>
  accountHere(variablesOf(rehearsalFolder(state, changes)), NOW);

/** Asks the stand-in as `awsIn` asks a program, and writes down what it would not take. */
export function asking(account: SimulatedAccount): { ask: Ask; asked: string[]; unknown: string[] } {
  const [asked, unknown]: [string[], string[]] = [[], []];
  return {
    asked,
    unknown,
    ask: async (...words) => {
      asked.push(words.join(" "));
      try {
        return { value: JSON.parse(answerTo([...words, "--region", account.region, "--output", "json"], () => account)) };
      } catch (error) {
        const { code, message } = error as CliError;
        if (code !== EXIT.service) {
          unknown.push(message);
        }
        const said = message.trim().split("\n").at(-1) ?? "";
        return { refused: { code: /An error occurred \((\w+)\)/.exec(said)?.[1] ?? "", said } };
      }
    },
  };
}
