import { describe, expect, it } from "vitest";
import { QueueGuard } from "#components/training/queue-guard";
import { record } from "../../harness/graph.ts";

const guard = () => record(() => void new QueueGuard("guard"));
const policy = async (name: string) => (await guard()).find((resource) => resource.name === name)?.inputs["spec"];

describe("QueueGuard", () => {
  it("is two policies that deny", async () => {
    const graph = (await guard()).filter(({ parent }) => parent === "guard");
    expect(graph.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort()).toEqual([
      "ValidatingAdmissionPolicy guard-jobs",
      "ValidatingAdmissionPolicy guard-pods",
      "ValidatingAdmissionPolicyBinding guard-jobs-binding",
      "ValidatingAdmissionPolicyBinding guard-pods-binding",
    ]);
    for (const { inputs } of graph.filter(({ type }) => type.endsWith("Binding"))) {
      expect(inputs["spec"]).toEqual({ policyName: inputs["metadata"].name, validationActions: ["Deny"] });
    }
  });

  it.each([
    ["guard-jobs", "batch", "jobs"],
    ["guard-pods", "", "pods"],
  ])(
    "%s looks at what is made and changed in team namespaces alone, and closes when in doubt",
    async (name, apiGroup, resource) => {
      expect(await policy(name)).toMatchObject({
        failurePolicy: "Fail",
        matchConstraints: {
          namespaceSelector: { matchExpressions: [{ key: "millrace.dev/team", operator: "Exists" }] },
          resourceRules: [
            { apiGroups: [apiGroup], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: [resource] },
          ],
        },
      });
    },
  );

  it("recognises pods of jobs by the user who makes them, not by their owner field, and looks at more tolerations later", async () => {
    expect((await policy("guard-pods"))["matchConditions"]).toEqual([
      {
        name: "not-from-a-job",
        expression:
          "!(request.userInfo.username in ['system:serviceaccount:kube-system:job-controller', 'system:kube-controller-manager'])",
      },
      {
        name: "new-or-more-tolerant",
        expression:
          "request.operation == 'CREATE' || (has(object.spec.tolerations) && (!has(oldObject.spec.tolerations) || object.spec.tolerations != oldObject.spec.tolerations))",
      },
    ]);
  });

  it("says in each refusal what to do", async () => {
    const said = [...(await policy("guard-jobs"))["validations"], ...(await policy("guard-pods"))["validations"]];
    expect(said.map(({ message }) => message)).toEqual([
      "a Job that asks for GPUs must carry the label kueue.x-k8s.io/queue-name: add it with the name of the namespace's LocalQueue",
      "a Job that asks for GPUs must ask for nvidia.com/gpu: quotas count no other resource of nvidia.com/",
      "a Job that tolerates nvidia.com/gpu must ask for GPUs: it would hold a GPU node that no quota counts; remove the toleration",
      "a Job without GPUs must go to the queue 'cpu', and a Job with GPUs to another: set its label kueue.x-k8s.io/queue-name",
      "a pod with nvidia.com/gpu in a team's namespace must come from a Job in a queue: wrap it in a Job with the label kueue.x-k8s.io/queue-name",
    ]);
  });
});
