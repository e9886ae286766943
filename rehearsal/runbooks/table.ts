// What a rehearsal puts in place of placeholders, and the commands that it cannot run.

import type { DocumentedCommand } from "./documented.ts";

/** Names of the objects that the rehearsal makes for commands about things that it does not have otherwise. */
export const FIXTURES = { node: "runbook-node", claim: "runbook-claim", cronJob: "runbook", job: "runbook-job" } as const;

/** What is there while the commands run. */
export interface Scene {
  environment: string;
  model: string;
  team: string;
  namespace: string;
  /** Version that is being released. */
  version: string;
}

/** Commands that a rehearsal does not run, with the reason. The first one that fits counts. */
export const NOT_HERE: readonly { command: RegExp; why: string }[] = [
  { command: /(^|[|$( ])(aws|crane|docker|gh) /, why: "needs an account of AWS, of a registry or of GitHub" },
  { command: /-(staging|prod|\$ENVIRONMENT)\b|\bprod\b|\$layer-/, why: "is about another environment than the rehearsed one" },
  {
    command: /^(npm|npx|git|export|sed|echo|rm) |^npm ci/,
    why: "is about the repository, not about the cluster: other checks run it",
  },
  {
    command: /^pulumi (login|stack (init|ls|rm)|config|destroy|state|import|cancel|refresh)\b/,
    why: "begins, ends or repairs a stack: the phases do",
  },
  {
    command: /^pulumi (up|preview|policy analyze)$|^pulumi preview --policy-pack|^pulumi policy/,
    why: "names no stack: it stands for the operation",
  },
  {
    command: /port-forward|localhost:|^curl /,
    why: "needs a kubelet's forwarding or the network's DNS: the nodes of a rehearsal show logs only",
  },
  { command: / top /, why: "needs metrics-server, which does not run here" },
  {
    command: /record:stable/,
    why: "records a version in the repository, once its release is complete: the tests of the script run it",
  },
  { command: /app=<stream>/, why: "is about predictions for a stream, which no model of the repository has" },
  {
    command: /^(pip|python) /,
    why: "is about a package in Python: the check of the package runs it",
  },
  { command: /^pulumi new /, why: "makes a project of its own: the test of the package runs in one" },
  { command: /kubectl argo rollouts/, why: "is named as what not to do" },
  { command: /job\.yaml|hello-gpu/, why: "needs the file that the guide has written before" },
  {
    command:
      /get secret (mlflow-keys|grafana-admin|ingress-certificate)|kubectl config |\| jq |DB=|^(ZONE|HOST|API|PASSWORD|MODELS|IMAGES|PYTHON_IMAGE|REPOSITORY)=/,
    why: "reads what only the real account, chart or certificate writes",
  },
];

/** Why a rehearsal does not run a command. */
export const whyNot = ({ text }: DocumentedCommand): string | undefined =>
  NOT_HERE.find(({ command }) => command.test(text))?.why;

/** The command as a person would type it. @throws {Error} when a placeholder is not in the table. */
export function filled(
  { at, text }: DocumentedCommand,
  { environment, model, team, namespace, version }: Scene,
): DocumentedCommand {
  const [, place = "default"] = /-n (\S+)/.exec(text) ?? [];
  const values: Readonly<Record<string, string>> = {
    env: environment,
    model,
    team,
    namespace,
    version,
    node: FIXTURES.node,
    claim: FIXTURES.claim,
    name: FIXTURES.cronJob,
    job: FIXTURES.job,
    pod: `$(kubectl -n ${place === "<namespace>" ? namespace : place} get pods -o jsonpath='{.items[0].metadata.name}')`,
  };
  const typed = text.replaceAll(/<([\w -]+)>/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(
        `${at}: '<${name}>' must be in the table of placeholders in rehearsal/runbooks/table.ts, or the command in NOT_HERE: ${text}`,
      );
    }
    return value;
  });
  return { at, text: typed };
}

/** Each command once, in an order in which all of them work: what is read, what is changed, what is deleted, and what `up` repairs. */
export function inOrder(commands: readonly DocumentedCommand[]): DocumentedCommand[] {
  const rank = ({ text }: DocumentedCommand): number =>
    [/\b(get|describe|logs|preview|output)\b/, /kubectl (?!.*delete)/, /delete/, /./].findIndex((kind) => kind.test(text));
  const once = commands.filter(({ text }, index) => commands.findIndex((other) => other.text === text) === index);
  return once.sort((a, b) => rank(a) - rank(b));
}
