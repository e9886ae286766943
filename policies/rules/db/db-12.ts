import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { CONFIG_MAP } from "../../kubernetes/types.ts";
import { containersOf, podsOf, WORKLOADS } from "../../kubernetes/workloads.ts";
import { at, type Bag, bag, bags, isSet, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

interface Rights {
  /** Rights that everybody with a login may have on what nobody gave them. */
  byDefault: string[];
}

const NONE: Rights = { byDefault: ["NO_PERMISSIONS"] };

export const DB_12 = rule<Rights>({
  id: "DB-12",
  title: "A server of MLflow asks for a login, answers to its own names, and gives nobody rights on the models of others",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.1", "AISF-DATA-05"],
  remediation:
    "Start the server with `--app-name=basic-auth` and `MLFLOW_AUTH_CONFIG_PATH`, or with an app of your own. List its names in `--allowed-hosts` and `--cors-allowed-origins`, and set `default_permission = NO_PERMISSIONS` in the file of accounts.",
  types: [CONFIG_MAP, ...WORKLOADS],
  parameters: { dev: NONE, staging: NONE, prod: NONE },
  elsewhere: { byDefault: ["NO_PERMISSIONS", "READ"] },
  check: (resource, { byDefault }) =>
    resource.type === CONFIG_MAP
      ? generous(bag(resource.inputs, "data"), byDefault)
      : together(
          ...podsOf(resource).flatMap((pod) =>
            containersOf(pod).map(
              ({ container, path }) =>
                () =>
                  faultsOfServer(container, path),
            ),
          ),
        ),
});

/** The file is that of `mlflow.server.auth`: it has a section of this name. */
const generous = (data: Bag, byDefault: readonly string[]): Finding[] =>
  together(
    ...Object.keys(data).map((key) => () => {
      const file = text(data, key) ?? "";
      const got = /^\s*\[mlflow\]/m.test(file) ? /^\s*default_permission\s*[=:]\s*(.*?)\s*$/m.exec(file)?.[1] : undefined;
      return unless(got === undefined || byDefault.includes(got), {
        property: `data.${key}`,
        got: `default_permission = ${got}`,
        want: byDefault.join(" or "),
      });
    }),
  );

/** A server that listens to its own pod only has something before it that asks. */
function faultsOfServer(container: Bag, path: string): Finding[] {
  const words = [...texts(container, "command"), ...texts(container, "args")].flatMap((each) => each.split(/[\s=]+/));
  const start = words.findIndex((word, index) => /(^|\/)mlflow$/.test(word) && words[index + 1] === "server");
  if (start === -1) {
    return [];
  }
  const said = (option: string, name?: string): string | undefined =>
    words[words.indexOf(option, start) + 1 || Number.NaN] ?? (name === undefined ? undefined : variable(container, name));
  const host = said("--host", "MLFLOW_HOST") ?? said("-h") ?? "127.0.0.1";
  return /^(127\.|localhost$|::1$)/.test(host)
    ? []
    : together(
        () => withoutLogin(said("--app-name") ?? "", container, path),
        ...OPEN.map(
          ({ option, name }) =>
            () =>
              unless(!(said(option, name) ?? "").split(",").includes("*"), {
                property: `${path}.args`,
                got: `${option}=*`,
                want: `with the names of the server in ${option}`,
              }),
        ),
        () =>
          unless(!words.includes("--disable-security-middleware"), {
            property: `${path}.args`,
            got: "--disable-security-middleware",
            want: "without it",
          }),
      );
}

/** Options that say whose pages and which names may reach the server, and the variables that say the same. */
const OPEN = [
  { option: "--allowed-hosts", name: "MLFLOW_SERVER_ALLOWED_HOSTS" },
  { option: "--cors-allowed-origins", name: "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS" },
];

/** Without a file of its own MLflow takes the password of its documentation, and keeps its accounts in the pod. */
function withoutLogin(app: string, container: Bag, path: string): Fault[] {
  if (app === "") {
    const want = "one that asks for a login, with --app-name";
    return [{ property: `${path}.args`, got: "a server without --app-name", want }];
  }
  const hasFile = bags(container, "env").some((each) => text(each, "name") === ACCOUNTS) || isSet(container, "envFrom");
  return unless(app !== "basic-auth" || hasFile, {
    property: `${path}.env.${ACCOUNTS}`,
    got: "nothing, and the password of the documentation",
    want: "the path of a file with accounts",
  });
}

const ACCOUNTS = "MLFLOW_AUTH_CONFIG_PATH";

const variable = (container: Bag, name: string): string | undefined =>
  text(at(bags(container, "env").find((each) => text(each, "name") === name) ?? {}, "value"));
