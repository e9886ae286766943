import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";
import { readTable, type Table } from "../serving/table.ts";
import type { OnlineStore } from "./settings.ts";

interface Granted {
  account: pulumi.Input<string>;
  region: string;
  project: string;
  offline: Table;
  online: OnlineStore;
}

/** What the server may do in AWS: nothing, or read the values in DynamoDB. */
export function serverStatements(granted: Granted): Statement[] {
  return granted.online.kind === "postgres" ? [] : [{ sid: "ReadValues", actions: READ, resources: [tablesOf(granted)] }];
}

/** What the jobs may do: read the rows and, in DynamoDB, make tables and write values. */
export function jobsStatements(granted: Granted): Statement[] {
  return [
    ...readTable("Rows", granted.offline, granted.region),
    ...(granted.online.kind === "postgres"
      ? []
      : [{ sid: "KeepValues", actions: [...READ, ...WRITE], resources: [tablesOf(granted)] }]),
  ];
}

const READ = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:DescribeTable"];
/** Feast marks the tables that it makes, and cannot make one without that (Feast issue 6085). */
const WRITE = [
  "dynamodb:BatchWriteItem",
  "dynamodb:CreateTable",
  "dynamodb:DeleteTable",
  "dynamodb:ListTagsOfResource",
  "dynamodb:PutItem",
  "dynamodb:TagResource",
  "dynamodb:UpdateItem",
  "dynamodb:UpdateTable",
];

const tablesOf = ({ account, region, project }: Granted): pulumi.Output<string> =>
  pulumi.interpolate`arn:aws:dynamodb:${region}:${account}:table/${project}.*`;
