// The answer of the data source `aws.iam.getPolicyDocument`.

import type { Bag } from "#engine/values";
import { hex } from "./place.ts";

/** A policy document as the data source writes it: sources first, then own statements; overrides replace by `Sid`. */
export function policyDocument(args: Bag): Bag {
  const parsed = (documents: string[] | undefined): Bag[] =>
    (documents ?? []).flatMap((document) => JSON.parse(document).Statement ?? []);
  const overrides = parsed(args["overridePolicyDocuments"]);
  const replaced = new Set(overrides.map(({ Sid }) => Sid).filter(Boolean));
  const own = [...parsed(args["sourcePolicyDocuments"]), ...(args["statements"] ?? []).map(statement)];
  const Statement = [...own.filter(({ Sid }) => !replaced.has(Sid)), ...overrides];
  const document = { Version: args["version"] ?? "2012-10-17", Id: args["policyId"], Statement };
  const json = JSON.stringify(document, undefined, 2);
  return { ...args, id: hex(json, 10), json, minifiedJson: JSON.stringify(document) };
}

const statement = (given: Bag): Bag => ({
  Sid: given["sid"] || undefined,
  Effect: given["effect"] ?? "Allow",
  Action: list(given["actions"]),
  NotAction: list(given["notActions"]),
  Resource: list(given["resources"]),
  NotResource: list(given["notResources"]),
  Principal: principals(given["principals"]),
  NotPrincipal: principals(given["notPrincipals"]),
  Condition: conditions(given["conditions"]),
});

const list = (values: string[] | undefined): string | string[] | undefined => (values?.length === 1 ? values[0] : values);

/** `{type: "AWS", identifiers: [...]}` entries become `{"AWS": ...}`; `*` of type `*` becomes the bare star. */
function principals(entries: Bag[] | undefined): Bag | string | undefined {
  if (entries?.some(({ type }) => type === "*")) {
    return "*";
  }
  const byType = Map.groupBy(entries ?? [], ({ type }) => type as string);
  return (
    entries && Object.fromEntries([...byType].map(([type, same]) => [type, list(same.flatMap(({ identifiers }) => identifiers))]))
  );
}

/** `{test, variable, values}` entries become `{[test]: {[variable]: values}}`. */
function conditions(entries: Bag[] | undefined): Bag | undefined {
  const merged: Bag = {};
  for (const { test, variable, values } of entries ?? []) {
    merged[test] = { ...merged[test], [variable]: list(values) };
  }
  return entries?.length ? merged : undefined;
}
