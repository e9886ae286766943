import { ACCESS_CASES } from "../access/cases.ts";
import { inWords } from "../access/request.ts";
import { phase } from "../phase.ts";

const REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

/** The API server itself says who may do what; the answers must be those that were written by hand. */
export const access = phase({
  name: "access",
  summary: "asks the API server what each person may do (SubjectAccessReview): it must answer as was written by hand",
  needs: ["control-plane", "workloads"],
  run: async ({ cluster: { kube }, update }) => {
    const wrong: string[] = [];
    for (const [index, each] of ACCESS_CASES.entries()) {
      update(`${index + 1} of ${ACCESS_CASES.length}`);
      const { subject, attributes, allowed } = each;
      const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview" };
      const { status } = await kube.call("POST", REVIEWS, { ...review, spec: { ...subject, resourceAttributes: attributes } });
      if (status.allowed !== allowed) {
        wrong.push(
          `${inWords(each)}: the API server ${allowed ? "refuses" : "allows"} it${status.reason ? ` (${status.reason})` : ""}`,
        );
      }
    }
    if (wrong.length > 0) {
      throw new Error(`${wrong.length} of ${ACCESS_CASES.length} rights are not as written:\n${wrong.join("\n")}`);
    }
    const allowed = ACCESS_CASES.filter((each) => each.allowed).length;
    return {
      detail: `${ACCESS_CASES.length} reviews answered as written: ${allowed} allowed, ${ACCESS_CASES.length - allowed} refused`,
    };
  },
});
