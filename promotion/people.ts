import type { AnyRelease } from "./releases/signatures.ts";
import type { Settings } from "./settings.ts";

/** How somebody is known in a place: as the author of releases (and in Git), as a user of a service, or as a signer. */
export interface Account {
  kind: "author" | "github" | "gitlab" | "key";
  name: string;
}

type Person = Settings["people"][string];

/** The people behind an account. An author may be two, where name and address are those of different people. */
export const peopleBehind = (account: Account, { people }: Settings): string[] =>
  Object.keys(people).filter((each) => isTheirs(account, people[each]!));

/** The people behind who acts: an author, or the user of a service whose job runs. */
export const peopleActing = (who: string, settings: Settings): string[] => [
  ...new Set((["author", "github", "gitlab"] as const).flatMap((kind) => peopleBehind({ kind, name: who }, settings))),
];

/** Who made a release: its author and, where a key signed it, the owner of that key. */
export const makersOf = ({ author, signature }: AnyRelease): Account[] => [
  { kind: "author", name: author },
  ...(signature?.kind === "key" ? [{ kind: "key", name: signature.signer } as const] : []),
];

/** Users of services, names and addresses are the same in small and large letters. */
function isTheirs({ kind, name }: Account, person: Person): boolean {
  if (kind === "key") {
    return person.key === name;
  }
  const known = kind === "author" ? person.authors : [person[kind] ?? ""];
  const sought = kind === "author" ? [name, ...partsOf(name)] : [name];
  return known.some((one) => sought.some((other) => one.toLowerCase() === other.toLowerCase()));
}

/** Name and address in `Ada <ada@example.com>`. */
const partsOf = (author: string): string[] => (/^(.*?)\s*<([^<>]+)>$/.exec(author)?.slice(1) ?? []).filter((part) => part !== "");
