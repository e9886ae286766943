import { aws, on, type StackMutant } from "./mutant.ts";

const PROVIDER = on("platform", "pulumi:providers:aws", "aws");
const BUDGET = aws("foundation", "budgets/budget:Budget", "budget");
const HOST = aws("foundation", "autoscaling/group:Group", "access-host");

const tagged =
  (edit: (tags: Record<string, string>) => void) =>
  (inputs: any): void => {
    const defaults = JSON.parse(inputs.defaultTags);
    edit(defaults.tags);
    inputs.defaultTags = JSON.stringify(defaults);
  };

/** Who pays, and where things may be. */
export const COSTS: readonly StackMutant[] = [
  PROVIDER.bad("resources of another region", (inputs) => {
    inputs["region"] = "us-east-1";
  }),
  PROVIDER.bad("resources in whichever account is at hand", (inputs) => {
    delete inputs["allowedAccountIds"];
  }),
  PROVIDER.bad(
    "resources without an owner",
    tagged((tags) => {
      delete tags["owner"];
    }),
  ),
  PROVIDER.bad(
    "resources with an empty cost center",
    tagged((tags) => {
      tags["cost-center"] = "";
    }),
  ),
  PROVIDER.bad(
    "resources that say that they are of dev",
    tagged((tags) => {
      tags["environment"] = "dev";
    }),
  ),
  PROVIDER.bad("resources without tags", (inputs) => {
    delete inputs["defaultTags"];
  }),
  PROVIDER.bad("a key of AWS in the program", (inputs) => {
    Object.assign(inputs, { accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" });
  }),
  PROVIDER.bad("calls of AWS without a check of certificates", (inputs) => {
    inputs["insecure"] = "true";
  }),
  PROVIDER.bad("tags that the provider ignores", (inputs) => {
    inputs["ignoreTags"] = JSON.stringify({ keyPrefixes: ["cost-"] });
  }),
  on("platform", "pulumi:providers:kubernetes", "cluster").bad("a token of the cluster in the program", (inputs) => {
    const config = JSON.parse(inputs["kubeconfig"]);
    config.users[0].user = { token: "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl" };
    inputs["kubeconfig"] = JSON.stringify(config);
  }),
  on("platform", "pulumi:providers:kubernetes", "cluster").bad("a cluster whose certificate nobody checks", (inputs) => {
    const config = JSON.parse(inputs["kubeconfig"]);
    config.clusters[0].cluster = { server: config.clusters[0].cluster.server, "insecure-skip-tls-verify": true };
    inputs["kubeconfig"] = JSON.stringify(config);
  }),
  BUDGET.bad("a budget that nobody can spend", (inputs) => {
    inputs["limitAmount"] = "99999999";
  }),
  BUDGET.bad("a budget that tells nobody", (inputs) => {
    inputs["notifications"] = [];
  }),
  BUDGET.bad("a budget that tells somebody after ten times its sum", (inputs) => {
    for (const notification of inputs["notifications"]) {
      notification.threshold = 1000;
    }
  }),
  BUDGET.removed("no budget"),
  HOST.bad("a hundred access hosts", (inputs) => {
    Object.assign(inputs, { minSize: 100, maxSize: 100 });
  }),
  HOST.bad("an access host that is never renewed", (inputs) => {
    delete inputs["maxInstanceLifetime"];
  }),
  HOST.bad("an access host that nobody pays for", (inputs) => {
    inputs["tags"] = inputs["tags"].map((tag: any) => ({ ...tag, propagateAtLaunch: false }));
  }),

  PROVIDER.harmless(
    "one more tag of everything",
    tagged((tags) => {
      tags["team"] = "platform";
    }),
  ),
  PROVIDER.harmless("tags that are not text", (inputs) => {
    inputs["defaultTags"] = JSON.parse(inputs["defaultTags"]);
  }),
  PROVIDER.harmless("tags of a scheduler that the provider leaves alone", (inputs) => {
    inputs["ignoreTags"] = JSON.stringify({ keyPrefixes: ["kubernetes.io/"] });
  }),
  BUDGET.harmless("a smaller budget", (inputs) => {
    inputs["limitAmount"] = "9000";
  }),
  BUDGET.harmless("a budget that tells one more person", (inputs) =>
    inputs["notifications"][0].subscriberEmailAddresses.push("cto@example.com"),
  ),
  HOST.harmless("an access host that is renewed each day", (inputs) => {
    inputs["maxInstanceLifetime"] = 86400;
  }),
  PROVIDER.bad("resources with an owner that is still to be found", (inputs) => {
    inputs["defaultTags"] = inputs["defaultTags"].replace("ml-platform@example.com", "TBD");
  }),
  PROVIDER.bad("calls of a service in the clear", (inputs) => {
    inputs["endpoints"] = JSON.stringify([{ s3: "http://s3.example.com" }]);
  }),
  BUDGET.bad("a budget that tells of what was not spent", (inputs) => {
    for (const notification of inputs["notifications"]) {
      notification.comparisonOperator = "LESS_THAN";
    }
  }),
  PROVIDER.harmless("a check of certificates, said once more", (inputs) => {
    inputs["insecure"] = "false";
  }),
  PROVIDER.harmless("one more account that a provider may act in", (inputs) => {
    inputs["allowedAccountIds"] = JSON.stringify(["333333333333", "444444444444"]);
  }),
  on("platform", "pulumi:providers:kubernetes", "cluster").harmless("a cluster that is reached with a profile", (inputs) => {
    const config = JSON.parse(inputs["kubeconfig"]);
    config.users[0].user.exec.env = [{ name: "AWS_PROFILE", value: "prod" }];
    inputs["kubeconfig"] = JSON.stringify(config);
  }),
  BUDGET.harmless("a budget of a quarter", (inputs) => {
    Object.assign(inputs, { limitAmount: "36000", timeUnit: "QUARTERLY" });
  }),
  HOST.harmless("a second access host", (inputs) => {
    Object.assign(inputs, { minSize: 2, maxSize: 2 });
  }),
];
