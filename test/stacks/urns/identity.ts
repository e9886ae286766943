import type { Recorded } from "#plan/record";

/** Types whose replacement loses something that cannot be made again: data, keys, addresses that others know, running pods of users. */
const STATEFUL =
  /^(aws:(s3\/bucket|rds\/instance|kms\/key|eks\/cluster|ecr\/repository|cloudtrail\/trail|ec2\/vpc|sqs\/queue)|kubernetes:(core\/v1:(Namespace|PersistentVolumeClaim)|argoproj.io))/;

/** One line for each resource: what makes up its URN besides project and stack. */
export function urnLines(resources: readonly Recorded[]): string[] {
  return resources
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .map(({ type, name, path }) => line(type, name, path))
    .toSorted();
}

/** What a pull request would do to resources that exist: each sentence names one of them. */
export function replacements(golden: readonly string[], resources: readonly Recorded[]): string[] {
  const now = new Set(urnLines(resources));
  const kept = new Set(identities(resources));
  const made = [...now].filter((each) => !golden.includes(each));
  return golden
    .filter((each) => !now.has(each) && !kept.has(each))
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

const line = (type: string, name: string, path: readonly string[]): string =>
  [`${name}  ${type}`, ...path.slice(1).toReversed()].join("  in ");

const typeOf = (each: string): string => each.split("  ")[1] ?? "";

/** Every identity that the engine would recognise: that of today, and those that aliases of the resource and of its parents name. */
function identities(resources: readonly Recorded[]): string[] {
  const known = new Map<string, string[][]>();
  return resources.flatMap(({ type, name, path, aliases }) => {
    const parents = known.get(path.join("/")) ?? [[...path]];
    const own = [{ type, name }, ...aliases.map((alias) => ({ type: alias.type ?? type, name: alias.name ?? name }))];
    const all = parents.flatMap((parent) => own.map((each) => ({ ...each, path: parent })));
    known.set(
      [...path, `${type} ${name}`].join("/"),
      all.map((each) => [...each.path, `${each.type} ${each.name}`]),
    );
    return all.map((each) => line(each.type, each.name, each.path));
  });
}
