/** Somebody who asks the Kubernetes API, as the API server knows them after they have signed in. */
export interface Subject {
  user: string;
  groups: readonly string[];
}

/** What somebody asks for, as a SubjectAccessReview names it. */
export interface ResourceAttributes {
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  /** Empty: the cluster as a whole. */
  namespace: string;
}

/** One question with the answer that is expected, written by hand. */
export interface AccessCase {
  subject: Subject;
  attributes: ResourceAttributes;
  allowed: boolean;
}

/** Questions about one subject in one namespace, `create jobs.batch` or `get pods/log`: verb, resource, API group, subresource. */
export interface AccessRow {
  /** A group, or a service account as `<namespace>:<name>`. */
  who: string;
  /** Namespace. @default - the cluster as a whole */
  in?: string;
  may?: readonly string[];
  mayNot?: readonly string[];
}

/** @throws {Error} when a question is not `<verb> <resource>[.<group>][/<subresource>]`. */
export const casesOf = ({ who, in: namespace = "", may = [], mayNot = [] }: AccessRow): AccessCase[] =>
  [...may.map((question) => ({ question, allowed: true })), ...mayNot.map((question) => ({ question, allowed: false }))].map(
    ({ question, allowed }) => ({ subject: subjectOf(who), attributes: attributesOf(question, namespace), allowed }),
  );

/** Kubernetes documentation, "Authenticating": the groups that every account, and every service account, is in. */
function subjectOf(who: string): Subject {
  const [namespace, account] = who.split(":");
  return account === undefined
    ? { user: `someone-of-${who}`, groups: [who, "system:authenticated"] }
    : {
        user: `system:serviceaccount:${who}`,
        groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      };
}

function attributesOf(question: string, namespace: string): ResourceAttributes {
  const [, verb, resource, group = "", subresource = ""] =
    /^([a-z]+) ([a-z]+)(?:\.([a-z0-9.-]+))?(?:\/([a-z]+))?$/.exec(question) ?? [];
  if (verb === undefined || resource === undefined) {
    throw new Error(`a question must be '<verb> <resource>[.<group>][/<subresource>]', got '${question}'`);
  }
  return { verb, group, resource, subresource, namespace };
}

/** A case in words, for a message. */
export const inWords = ({ subject, attributes, allowed }: AccessCase): string => {
  const { verb, resource, group, subresource, namespace } = attributes;
  const what = `${verb} ${resource}${group && `.${group}`}${subresource && `/${subresource}`}`;
  const place = namespace === "" ? "the whole cluster" : namespace;
  return `${subject.user} ${allowed ? "may" : "may not"} ${what} in ${place}`;
};
