import { bags, isSet, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

export const SEC_03 = rule({
  id: "SEC-03",
  title: "A store of secrets that serves several namespaces names them",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.1"],
  remediation:
    "List the namespaces in `spec.conditions[].namespaces` of the ClusterSecretStore, or make a SecretStore in the one namespace that needs it.",
  types: ["kubernetes:external-secrets.io/v1:ClusterSecretStore", "kubernetes:external-secrets.io/v1beta1:ClusterSecretStore"],
  check: ({ inputs }) => {
    const conditions = bags(inputs, "spec", "conditions");
    const property = "spec.conditions";
    return conditions.length === 0
      ? [{ property, got: "every namespace", want: "namespaces by name" }]
      : conditions.flatMap((condition, index) => {
          const named = texts(condition, "namespaces").length > 0;
          const wide = ["namespaceSelector", "namespaceRegexes"].filter((key) => isSet(condition, key));
          return named && wide.length === 0
            ? []
            : [
                {
                  property: `${property}[${index}]`,
                  got: wide.join(", ") || "every namespace",
                  want: "a list of `namespaces` by name",
                },
              ];
        });
  },
});
