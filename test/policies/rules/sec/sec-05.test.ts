import { describeRule } from "../../harness.ts";

const STORE = { layer: "platform", resource: "external-secrets-store" } as const;

describeRule("SEC-05", [
  {
    ...STORE,
    what: "a store for every namespace",
    change: ({ spec }) => delete spec.conditions,
    says: "platform-prod/external-secrets-store: 'spec.conditions' must be namespaces by name, or by a label with its value, got 'every namespace'",
    unknown: "spec.conditions",
  },
  ...(
    [
      ["namespaceSelector", {}, "every namespace"],
      ["namespaceRegexes", [".*"], "namespaceRegexes"],
    ] as const
  ).map(([key, value, got]) => ({
    ...STORE,
    what: `a store for namespaces by ${key}`,
    change: ({ spec }: any) => (spec.conditions = [{ [key]: value }]),
    says: `platform-prod/external-secrets-store: 'spec.conditions[0]' must be namespaces by name, or by a label with its value, got '${got}'`,
  })),
]);
