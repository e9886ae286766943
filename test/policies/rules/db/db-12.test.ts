import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

describeRule("DB-12", [
  {
    what: "a server without a login",
    layer: "platform",
    resource: "tracking-server",
    change: ({ spec }) => {
      const [server] = spec.template.spec.containers;
      server.args = server.args.filter((each: string) => !each.startsWith("--app-name"));
    },
    says: "platform-prod/tracking-server: 'spec.template.spec.containers[0].args' must be one that asks for a login, with --app-name, got 'a server without --app-name'",
    unknown: "spec.template.spec.containers.0.args",
  },
  {
    what: "rights for everybody",
    layer: "platform",
    resource: "tracking-access",
    change: ({ data }) => (data["accounts.ini"] = "[mlflow]\ndefault_permission = READ\n"),
    says: "platform-prod/tracking-access: 'data.accounts.ini' must be NO_PERMISSIONS, got 'default_permission = READ'",
    unknown: "data",
  },
]);

describe("DB-12", () => {
  const pod = (container: object) => found("DB-12", of("kubernetes:core/v1:Pod", "web", { spec: { containers: [container] } }));

  it.each([
    ["one command", { command: ["mlflow", "server", "--host", "0.0.0.0"] }],
    ["a shell", { command: ["sh", "-c", "exec /usr/bin/mlflow server --host=0.0.0.0 --port=5000"] }],
    ["a variable", { args: ["mlflow", "server"], env: [{ name: "MLFLOW_HOST", value: "0.0.0.0" }] }],
    ["accounts of the documentation", { args: ["mlflow", "server", "-h", "0.0.0.0", "--app-name=basic-auth"] }],
    ["an answer to every name", { args: ["mlflow", "server", "--host=0.0.0.0", "--app-name=own", "--allowed-hosts=*"] }],
    [
      "pages of everybody",
      { args: ["mlflow", "server", "--host=0.0.0.0", "--app-name=own", "--cors-allowed-origins=https://a,*"] },
    ],
    ["no check at all", { args: ["mlflow", "server", "--host=0.0.0.0", "--app-name=own", "--disable-security-middleware"] }],
    ["an empty name", { args: ["mlflow", "server", "-h", "0.0.0.0", "--app-name="] }],
  ])("finds an open server by %s", (_, container) => {
    expect(pod(container)).toHaveLength(1);
  });

  it.each([
    ["a server with an app of its own", { command: ["mlflow", "server", "--host", "0.0.0.0", "--app-name", "oidc-auth"] }],
    [
      "a server with names and ports",
      { args: ["mlflow", "server", "--host=0.0.0.0", "--app-name=own", "--allowed-hosts=mlflow,localhost:*"] },
    ],
    ["a server that only its own pod reaches", { command: ["mlflow", "server"] }],
    ["another command of MLflow", { command: ["mlflow", "gc", "--older-than=30d"] }],
    ["another server", { command: ["uvicorn", "server:app", "--host", "0.0.0.0"] }],
  ])("accepts %s", (_, container) => {
    expect(pod(container)).toEqual([]);
  });

  it("takes other files for what they are, and lets others read by default", () => {
    const map = (file: string, parameters?: object) =>
      found("DB-12", of("kubernetes:core/v1:ConfigMap", "m", { data: { a: file } }), parameters);
    expect(map("[other]\ndefault_permission = MANAGE\n")).toEqual([]);
    expect(map("[mlflow]\ndefault_permission: EDIT\n")).toHaveLength(1);
    expect(map("[mlflow]\ndefault_permission = READ\n", ruleOf("DB-12").elsewhere)).toEqual([]);
  });
});
