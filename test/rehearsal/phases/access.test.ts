import { expect, it } from "vitest";
import { ACCESS_CASES } from "#rehearsal/access/cases";
import { inWords } from "#rehearsal/access/request";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { access } from "#rehearsal/phases/access";
import { fakeContext } from "../fake-context.ts";

/** Answers as an API server does that lets through what `allows` says. */
function answering(allows: (index: number) => boolean) {
  const { context } = fakeContext();
  const asked: Json[] = [];
  context.cluster.kube.call = async (_method: string, _path: string, body: unknown) => {
    asked.push(body as Json);
    return { status: { allowed: allows(asked.length - 1) } };
  };
  return { context, asked };
}

it("the phase asks every question of the API server", async () => {
  const { context, asked } = answering((index) => ACCESS_CASES[index]!.allowed);
  const allowed = ACCESS_CASES.filter((each) => each.allowed).length;
  expect(await access.run(context)).toEqual({
    detail: `${ACCESS_CASES.length} reviews answered as written: ${allowed} allowed, ${ACCESS_CASES.length - allowed} refused`,
  });
  expect(asked[0]).toEqual({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: "someone-of-risk-data-scientists",
      groups: ["risk-data-scientists", "system:authenticated"],
      resourceAttributes: { verb: "create", group: "batch", resource: "jobs", subresource: "", namespace: "team-risk" },
    },
  });
});

it("the phase fails, and names each right that is not as written", async () => {
  const { context } = answering((index) => ACCESS_CASES[index]!.allowed !== (index === 0));
  await expect(access.run(context)).rejects.toThrow(
    new Error(`1 of ${ACCESS_CASES.length} rights are not as written:\n${inWords(ACCESS_CASES[0]!)}: the API server refuses it`),
  );
});
