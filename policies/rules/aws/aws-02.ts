import { PROVIDER } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together } from "../../findings.ts";
import { KUBERNETES, kubeconfigOf } from "../../kubeconfig.ts";
import { secretIn } from "../../plain-secrets.ts";
import { isLoopback, isProvider, opened, PROVIDERS } from "../../providers.ts";
import { bag, bags, isSet, text, texts } from "../../read.ts";
import { type Resource, SECRET } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** What of a user in a kubeconfig holds for years, or until somebody remembers it. */
const OF_USERS = ["token", "password", "client-key-data"];

/** A key that is marked as secret is one that holds for years all the same, in the state and in every backup of it. */
const OF_AWS = ["accessKey", "secretKey", "token"];

export const AWS_02 = stackRule({
  id: "AWS-02",
  title: "Providers sign in with credentials that end, which no program contains",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["CIS AWS 1.14", "FSBP IAM.3", "AISF-DATA-05"],
  remediation:
    "Leave `accessKey` and `secretKey` out and run the program with a role, for example by OIDC. Let the kubeconfig fetch a token with `exec` and `aws eks get-token`. Renew every key that was exposed.",
  peers: ["CKV_AWS_41", "CKV_SECRET_2", "trivy secret scanning"],
  types: [PROVIDERS],
  relate: (resources) =>
    ofEach(
      resources.filter(({ type }) => isProvider(type)),
      (provider) =>
        together(
          () => (provider.type === PROVIDER ? keysOf(provider) : []),
          () => usersOf(provider),
          () => plainIn(provider),
        ),
    ),
});

/** A server for tests on the same machine takes any key. */
function keysOf(resource: Resource): Fault[] {
  const urls = bags({ endpoints: opened(resource.inputs, "endpoints") }, "endpoints").flatMap((each) =>
    Object.values(each).flatMap((url) => texts(url)),
  );
  return urls.length > 0 && urls.every(isLoopback)
    ? []
    : OF_AWS.filter((key) => isSet(resource.inputs, key)).map((property) => fault(resource, property, "a credential"));
}

const usersOf = (resource: Resource): Fault[] =>
  bags(kubeconfigOf(resource), "users").flatMap((each) =>
    OF_USERS.filter((key) => isSet(each, "user", key)).map((key) =>
      fault(resource, `kubeconfig.users.${text(each, "name") ?? ""}.${key}`, "a credential"),
    ),
  );

/** Credentials of other providers, where nobody marked them as secret. */
const plainIn = (resource: Resource): Finding[] =>
  together(
    ...Object.keys(bag(resource.inputs))
      .filter(
        (key) => !(resource.type === PROVIDER && OF_AWS.includes(key)) && !(resource.type === KUBERNETES && key === "kubeconfig"),
      )
      .map((key) => () => {
        const value = resource.inputs[key];
        const got = typeof value === "string" && value !== SECRET ? secretIn(key, value) : undefined;
        return got === undefined ? [] : [fault(resource, key, got)];
      }),
  );

const fault = (resource: Resource, property: string, got: string): Fault => ({
  resource,
  property,
  got,
  want: "left out, in favour of credentials that end",
});
