import { describeRule } from "../../harness.ts";

const STORE = { layer: "platform", resource: "external-secrets-store" } as const;

describeRule("SEC-03", [
  {
    ...STORE,
    what: "a store for every namespace",
    change: ({ spec }) => delete spec.conditions,
    says: "platform-prod/external-secrets-store: 'spec.conditions' must be namespaces by name, got 'every namespace'",
    unknown: "spec.conditions",
  },
  ...(
    [
      ["namespaceSelector", {}],
      ["namespaceRegexes", [".*"]],
    ] as const
  ).map(([key, value]) => ({
    ...STORE,
    what: `a store for namespaces by ${key}`,
    change: ({ spec }: any) => (spec.conditions = [{ [key]: value }]),
    says: `platform-prod/external-secrets-store: 'spec.conditions[0]' must be a list of \`namespaces\` by name, got '${key}'`,
  })),
]);
