import { DOCUMENTED, documentsOf, whyUnreadable } from "../../aws/documents.ts";
import { together, unless } from "../../findings.ts";
import { levels, rule } from "../../rule.ts";

/** Rules about documents are silent where there are no statements, so one rule says once what they could not read. */
export const IAM_09 = rule({
  id: "IAM-09",
  title: "Policy documents can be read: JSON with statements, whose parts are named as AWS names them",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: [],
  remediation:
    "Write the document with `JSON.stringify` or `aws.iam.getPolicyDocumentOutput`: an object with a list `Statement`, each with `Effect`, `Action` and what it is about.",
  types: DOCUMENTED,
  check: (resource) =>
    together(
      documentsOf(resource).map((document) => () => {
        const got = whyUnreadable(document);
        const want = "a policy document: nobody can read this one, so no rule judges it";
        return unless(got === undefined, { property: document.path, got: got ?? "", want });
      }),
    ),
});
