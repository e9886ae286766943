import type { Address, Inputs, Mutant, Options } from "#rehearsal/mutants/mutant";
import type { ProdMutant } from "#scripts/checkov/mutant";
import type { Layer } from "#stacks/contracts";

/** A single change to a layer of prod. A bad one must be accused at the resource that it changes, a harmless one must not. */
export type StackMutant = ProdMutant & {
  harmless?: true;
  /** Name of the resource at which it shows, where that is another one: it lacks what the mutant takes away. */
  shows?: string;
};

type Change = Mutant["change"];

/** Changes of one resource. */
export interface Target {
  /** @param shows name of the resource at which it shows. @default - the one that is changed */
  bad(what: string, change: Change, shows?: string): StackMutant;
  harmless(what: string, change: Change): StackMutant;
  /** The resource is gone. */
  removed(what: string): StackMutant;
}

/** @param type token of the resource, and `name` its name in the program. */
export function on(layer: Layer, type: string, name: string): Target {
  const resource: Address = { type, name };
  return {
    bad: (what, change, shows) => ({ what, layer, resource, change, ...(shows !== undefined && { shows }) }),
    harmless: (what, change) => ({ what, layer, resource, change, harmless: true }),
    removed: (what) => ({ what, layer, removes: [resource] }),
  };
}

/** @param type such as `s3/bucket:Bucket`. */
export const aws = (layer: Layer, type: string, name: string): Target => on(layer, `aws:${type}`, name);

/** @param type such as `core/v1:Service`. */
export const kubernetes = (layer: Layer, type: string, name: string): Target => on(layer, `kubernetes:${type}`, name);

/** One more resource, by the name `added`. */
export const added = (layer: Layer, type: string, what: string, inputs: Inputs): StackMutant => ({
  what,
  layer,
  adds: { type, inputs },
});

/** One more resource that nobody must mind. */
export const welcome = (layer: Layer, type: string, what: string, inputs: Inputs): StackMutant => ({
  ...added(layer, type, what, inputs),
  harmless: true,
});

/** One more Kubernetes object; its type follows from what it says of itself. */
export const object = (apiVersion: string, kind: string, rest: Inputs): { type: string; inputs: Inputs } => ({
  type: `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`,
  inputs: { apiVersion, kind, ...rest },
});

/** Changes a policy that is written as text, as AWS takes it. */
export const policy =
  (edit: (document: Document) => void, key = "policy"): Change =>
  (inputs) => {
    const document = JSON.parse(inputs[key]) as Document;
    edit(document);
    inputs[key] = JSON.stringify(document);
  };

/** A policy of AWS. */
export interface Document {
  Version?: string;
  Statement: Statement[];
}

// biome-ignore lint: the shape of a statement is what the mutants change.
export type Statement = Record<string, any>;

/** Changes the statement that has this Sid. @throws {Error} when there is none. */
export const statement = (sid: string, edit: (statement: Statement) => void, key?: string): Change =>
  policy(({ Statement }) => edit(statementOf(Statement, sid)), key);

/** Adds a statement at the end. */
export const allowed = (added: Statement, key?: string): Change =>
  policy(({ Statement }) => Statement.push({ Effect: "Allow", ...added }), key);

/** Takes the statement with this Sid away. */
export const without = (sid: string, key?: string): Change =>
  policy((document) => {
    const gone = statementOf(document.Statement, sid);
    document.Statement = document.Statement.filter((each) => each !== gone);
  }, key);

function statementOf(statements: Statement[], sid: string): Statement {
  const found = statements.find(({ Sid }) => Sid === sid);
  if (found === undefined) {
    throw new Error(
      `the policy must have the statement '${sid}', got ${statements.map(({ Sid }) => Sid).join(", ")}: fix the mutant`,
    );
  }
  return found;
}

/** Changes an option of the resource instead of its inputs. */
export const option =
  (options: Options): Change =>
  (_, opts) =>
    void Object.assign(opts, options);

/** Changes the values of an add-on, which are JSON in a text. */
export const configured =
  (edit: (values: any) => void): Change =>
  (inputs) => {
    const values = JSON.parse(inputs["configurationValues"]);
    edit(values);
    inputs["configurationValues"] = JSON.stringify(values);
  };
