import { unless } from "../../findings.ts";
import { type Bag, bag, bags, isSet, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const WANTED = "namespaces by name, or by a label with its value";

export const SEC_05 = rule({
  id: "SEC-05",
  title: "A store of secrets that serves several namespaces names them",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.1"],
  remediation:
    "List the namespaces in `spec.conditions[].namespaces` of the ClusterSecretStore, or make a SecretStore in the one namespace that needs it.",
  types: ["kubernetes:external-secrets.io/v1:ClusterSecretStore", "kubernetes:external-secrets.io/v1beta1:ClusterSecretStore"],
  check: ({ inputs }) => {
    const conditions = bags(inputs, "spec", "conditions");
    return conditions.length === 0
      ? [{ property: "spec.conditions", got: "every namespace", want: WANTED }]
      : conditions.flatMap((condition, index) => {
          const property = `spec.conditions[${index}]`;
          const got = isSet(condition, "namespaceRegexes") ? "namespaceRegexes" : "every namespace";
          return unless(got === "every namespace" && namesNamespaces(condition), { property, got, want: WANTED });
        });
  },
});

const namesNamespaces = (condition: Bag): boolean =>
  texts(condition, "namespaces").length > 0 ||
  Object.keys(bag(condition, "namespaceSelector", "matchLabels")).length > 0 ||
  bags(condition, "namespaceSelector", "matchExpressions").some((each) => text(each, "operator") === "In");
