import { type Finding, together, unless } from "../../findings.ts";
import { containersOf, podsOf, WORKLOADS } from "../../kubernetes/workloads.ts";
import { at, type Bag, bag, bags, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

interface Rights {
  /** Rights that everybody with a login may have on what nobody gave them. */
  byDefault: string[];
}

const NONE: Rights = { byDefault: ["NO_PERMISSIONS"] };

export const DB_12 = rule<Rights>({
  id: "DB-12",
  title: "A server of MLflow asks for a login, and gives nobody rights on the models of others",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.1", "AISF-DATA-05"],
  remediation:
    "Start the server with `--app-name=basic-auth` or an app of your own, and set `default_permission = NO_PERMISSIONS` in its file of accounts.",
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
                  withoutLogin(container, path),
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
function withoutLogin(container: Bag, path: string): Finding[] {
  const words = [...texts(container, "command"), ...texts(container, "args")].flatMap((each) => each.split(/[\s=]+/));
  const start = words.findIndex((word, index) => /(^|\/)mlflow$/.test(word) && words[index + 1] === "server");
  if (start === -1) {
    return [];
  }
  const after = (option: string): string | undefined => words[words.indexOf(option, start) + 1 || Number.NaN];
  const host = after("--host") ?? after("-h") ?? variable(container, "MLFLOW_HOST") ?? "127.0.0.1";
  return unless(/^(127\.|localhost$|::1$)/.test(host) || (after("--app-name") ?? "") !== "", {
    property: `${path}.args`,
    got: "a server without --app-name",
    want: "one that asks for a login, with --app-name",
  });
}

const variable = (container: Bag, name: string): string | undefined =>
  text(at(bags(container, "env").find((each) => text(each, "name") === name) ?? {}, "value"));
