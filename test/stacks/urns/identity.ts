import type { Alias, Recorded } from "#plan/record";

/** Its type is in no URN of what is in it. */
const STACK = "pulumi:pulumi:Stack";

/** Types whose replacement loses something that cannot be made again: data, keys, addresses that others know, running pods of users. */
const STATEFUL =
  /^(aws:(s3\/bucket|rds\/instance|kms\/key|eks\/cluster|ecr\/repository|cloudtrail\/trail|ec2\/vpc|sqs\/queue)|kubernetes:(core\/v1:(Namespace|PersistentVolumeClaim)|argoproj.io))/;

/** One line for each resource: what makes up its URN besides project and stack. */
export function urnLines(resources: readonly Recorded[]): string[] {
  return resources
    .filter(({ type }) => type !== STACK)
    .map(({ type, name, path }) => line(type, name, path))
    .toSorted();
}

/** What a pull request would do to resources that exist: each sentence names one of them. */
export function replacements(golden: readonly string[], resources: readonly Recorded[]): string[] {
  const kept = new Set(identities(resources));
  const before = new Set(golden.map(urnOf));
  const made = urnLines(resources).filter((each) => !before.has(urnOf(each)));
  return golden
    .filter((each) => !kept.has(urnOf(each)))
    .map((each) => {
      const [name = ""] = each.split("  ");
      const successor =
        made.find((other) => other.startsWith(`${name}  `)) ?? made.find((other) => typeOf(other) === typeOf(each));
      const loss = STATEFUL.test(typeOf(each)) ? ", with everything in it" : "";
      return successor === undefined
        ? `delete  ${each}${loss}`
        : `replace ${each}${loss}\n     by ${successor}: declare an alias, or keep the old name`;
    });
}

/** Resources that have one URN, which the engine refuses: a URN holds the types of the parents and not their names. */
export function duplicates(resources: readonly Recorded[]): string[] {
  const lines = urnLines(resources);
  const urns = lines.map(urnOf);
  return lines.filter((_, index) => urns.indexOf(urns[index] ?? "") !== urns.lastIndexOf(urns[index] ?? ""));
}

const line = (type: string, name: string, path: readonly string[]): string =>
  [`${name}  ${type}`, ...path.slice(1).toReversed()].join("  in ");

const typeOf = (each: string): string => each.split("  ")[1] ?? "";

/** The end of a URN, `<types of the parents>$<type>::<name>`, from a line of a golden file. */
function urnOf(each: string): string {
  const [name = "", ...types] = each.split("  ").map((part) => part.replace(/^in (\S+) .*$/, "$1"));
  return urn(types.toReversed(), name);
}

const urn = (types: readonly string[], name: string): string => `${types.join("$")}::${name}`;

/** A name with the types that lead to it, from the outermost parent to the resource itself. */
interface Identity {
  types: readonly string[];
  name: string;
}

/** Every URN that the engine would recognise: those of today, and those that aliases of the resources and of their parents name. */
function identities(resources: readonly Recorded[]): string[] {
  const known = new Map<string, Identity[]>();
  return resources.flatMap(({ type, name, path, aliases }) => {
    if (type === STACK) {
      return [];
    }
    const parents = known.get(path.join("/")) ?? [{ types: [], name: "" }];
    const [parent] = parents;
    const all = [
      ...parents.map((each) => ({ types: [...each.types, type], name: inherited(name, parent, each) })),
      ...aliases.flatMap((alias) => named(alias, { type, name }, parents)),
    ];
    known.set([...path, `${type} ${name}`].join("/"), all);
    return all.map((each) => urn(each.types, each.name));
  });
}

/** A child whose name begins with its parent's had the alias of the parent in its place (`inheritedChildAlias` of Pulumi's SDK). */
const inherited = (name: string, parent: Identity | undefined, alias: Identity): string =>
  parent !== undefined && parent.name !== "" && name.startsWith(parent.name) ? alias.name + name.slice(parent.name.length) : name;

/** The identities that one alias names. One of another project or stack names no resource of ours. */
function named(alias: Alias, own: { type: string; name: string }, parents: readonly Identity[]): Identity[] {
  if (alias.urn !== undefined) {
    return [fromUrn(alias.urn)];
  }
  if (alias.elsewhere) {
    return [];
  }
  const { type = own.type, name = own.name } = alias;
  if (alias.noParent) {
    return [{ types: [type], name }];
  }
  return (alias.parentUrn === undefined ? parents : [fromUrn(alias.parentUrn)]).map((parent) => ({
    types: [...parent.types, type],
    name: alias.parentUrn === undefined ? inherited(name, parents[0], parent) : name,
  }));
}

function fromUrn(text: string): Identity {
  const [, , types = "", name = ""] = text.split("::");
  return { types: types.split("$").filter((type) => type !== STACK), name };
}
