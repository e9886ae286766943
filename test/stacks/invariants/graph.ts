import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import type { Recorded } from "#plan/record";
import type { Layer } from "#stacks/contracts";
import type { RecordedStack } from "../../harness/stacks.ts";
import { type Invariant, label, offending, pick } from "./invariant.ts";

const STACK = "pulumi:pulumi:Stack";

/** Most registrations of a layer with the models and teams of the repository: a file backend writes the whole state at each step. */
const BUDGET: Record<Layer, number> = { foundation: 200, platform: 240, workloads: 60 };

export const graph: Invariant[] = [
  {
    rule: "only the stack has no parent",
    offenders: ({ resources, edges }) =>
      resources.filter(({ type }, at) => (edges[at]?.parent === "") !== (type === STACK)).map(label),
    counterexample: {
      of: "platform",
      change: (stack) => {
        edgeOf(stack, "aws:eks/nodeGroup:NodeGroup", "system-nodes").parent = "";
      },
      found: ["aws:eks/nodeGroup:NodeGroup system-nodes"],
    },
  },
  {
    rule: "every parent is the stack or a component",
    offenders: offending(({ type, path }) => type !== STACK && !isHolder(path.at(-1))),
    counterexample: {
      of: "foundation",
      change: (stack) => {
        const subnet = pick(stack, "aws:ec2/subnet:Subnet", "network-intra-a");
        subnet.path = [...subnet.path, "aws:ec2/vpc:Vpc network"];
      },
      found: ["aws:ec2/subnet:Subnet network-intra-a"],
    },
  },
  {
    rule: "a child is named after its component",
    offenders: offending(({ name, path }) => path.length > 1 && name !== nameIn(path) && !name.startsWith(`${nameIn(path)}-`)),
    counterexample: {
      of: "foundation",
      change: (stack) => Object.assign(pick(stack, "aws:kms/alias:Alias", "data-key-alias"), { name: "alias" }),
      found: ["aws:kms/alias:Alias alias"],
    },
  },
  {
    rule: "no two have one address in the engine",
    offenders: ({ resources }) => repeated(resources.map(addressOf)),
    counterexample: {
      of: "workloads",
      change: ({ resources }) => resources.push(resources.find(({ name }) => name === "risk-models-quota")!),
      found: ["millrace:teams:Team$millrace:teams:FencedNamespace$kubernetes:core/v1:ResourceQuota risk-models-quota"],
    },
  },
  {
    rule: "a component has the type millrace:<folder>:<Class> of the file that declares it",
    offenders: offending(({ type, custom }) => !custom && type !== STACK && !DECLARED.has(type)),
    counterexample: {
      of: "foundation",
      change: (stack) => Object.assign(pick(stack, "millrace:network:Network", "network"), { type: "millrace:net:Network" }),
      found: ["millrace:net:Network network"],
    },
  },
  {
    rule: "a component holds something",
    offenders: ({ resources }) =>
      resources
        .filter((each) => each.type.startsWith("millrace:") && !resources.some(({ path }) => path.at(-1) === label(each)))
        .map(label),
    counterexample: {
      of: "foundation",
      change: (stack) => {
        stack.resources = stack.resources.filter(({ type }) => type !== "aws:budgets/budget:Budget");
      },
      found: ["millrace:cost:MonthlyBudget budget"],
    },
  },
  {
    rule: "what is made names the provider of its own package",
    offenders: ({ resources, edges }) =>
      resources.filter((each, at) => each.custom && !providedFor(each.type, edges[at]?.provider ?? "")).map(label),
    counterexample: {
      of: "workloads",
      change: (stack) => {
        edgeOf(stack, "aws:iam/role:Role", "fraud-reader").provider = "";
        const namespace = edgeOf(stack, "kubernetes:core/v1:Namespace", "risk-jobs");
        namespace.provider = namespace.provider.replace("kubernetes", "aws");
      },
      found: ["kubernetes:core/v1:Namespace risk-jobs", "aws:iam/role:Role fraud-reader"],
    },
  },
  {
    rule: "nothing waits for itself, and no component for its own child",
    offenders: (stack) => circling(stack).map(label),
    counterexample: {
      of: "workloads",
      change: (stack) => {
        const [team, fence] = ["millrace:teams:Team", "millrace:teams:FencedNamespace"] as const;
        edgeOf(stack, team, "risk").dependencies.push(edgeOf(stack, fence, "risk-jobs").urn);
      },
      found: ["millrace:teams:Team risk", "millrace:teams:FencedNamespace risk-jobs"],
    },
  },
  {
    rule: "a layer stays small",
    offenders: ({ layer, resources }) =>
      resources.length > BUDGET[layer] ? [`${resources.length} registrations, at most ${BUDGET[layer]}`] : [],
    counterexample: {
      of: "workloads",
      change: ({ resources }) => resources.push(...Array<Recorded>(20).fill(resources[0]!)),
      found: ["77 registrations, at most 60"],
    },
  },
];

const isHolder = (holder = ""): boolean => holder.startsWith("millrace:") || holder.startsWith(`${STACK} `);

const nameIn = (path: readonly string[]): string => path.at(-1)?.split(" ")[1] ?? "";

/** As the engine makes it: types of all parents but the stack's, never their names. */
const addressOf = ({ path, type, name }: Recorded): string =>
  `${[...path.slice(1).map((holder) => holder.split(" ")[0]), type].join("$")} ${name}`;

const repeated = (texts: readonly string[]): string[] => texts.filter((text, at) => texts.indexOf(text) !== at);

/** Types of the components that the files under components/ declare. */
const DECLARED = new Set(
  globSync("components/*/*.ts", { cwd: PROJECT_FOLDER }).flatMap((file) => {
    const classes = readFileSync(join(PROJECT_FOLDER, file), "utf8").matchAll(/^export class (\w+) extends Component\b/gm);
    return [...classes].map(([, name]) => `millrace:${basename(dirname(file))}:${name}`);
  }),
);

/** `random` makes nothing anywhere and has nothing to configure, as the engine has not; everything else goes to an account or a cluster. */
function providedFor(type: string, provider: string): boolean {
  const [scope] = type.split(":");
  return scope === "random" || scope === "pulumi" || provider.includes(`pulumi:providers:${scope}::`);
}

const edgeOf = (stack: RecordedStack, type: string, name: string) =>
  stack.edges[stack.resources.indexOf(pick(stack, type, name))]!;

/** What can be peeled off neither from the front nor from the back of the order: each lies on a circle, or between two. */
function circling({ resources, edges }: RecordedStack): Recorded[] {
  const waits = new Map(edges.map(({ urn, parent, dependencies }) => [urn, new Set([...dependencies, parent])]));
  for (let before = -1; before !== waits.size; ) {
    before = waits.size;
    const waitedFor = new Set([...waits.values()].flatMap((urns) => [...urns]));
    for (const [urn, urns] of waits) {
      if (!waitedFor.has(urn) || ![...urns].some((each) => waits.has(each))) {
        waits.delete(urn);
      }
    }
  }
  return resources.filter((_, at) => waits.has(edges[at]?.urn ?? ""));
}
