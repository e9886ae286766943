/** How a program reaches a database, as far as a text says it. */
export interface Address {
  /** `jdbc` is a driver of its own, which reads its options in another way. */
  driver: "jdbc" | "postgres" | "mysql";
  host: string;
  /** Empty where the address names none. */
  user: string;
  /** Values by the names of options, in small letters. One may be given twice. */
  options: ReadonlyMap<string, readonly string[]>;
}

/** `postgresql+psycopg2://user:password@host:5432/name?sslmode=verify-full`. Templates are not resolved: they match nothing. */
const URI =
  /\b(jdbc:)?(postgres(?:ql)?|mysql|mariadb)(?:\+\w{1,32})?:\/\/(?:([^\s:@/?#"']{0,128})(?::[^\s@/?#"']{0,256})?@)?([A-Za-z0-9][\w.-]{0,252})(?::\d{1,5})?(?:\/[^\s?"'<>]{0,128})?(?:\?([^\s"'<>]{0,2048}))?/g;

/** `host=… user=… sslmode=…`, as libpq takes it in one line, and in a file with a line for each. */
const KEYWORDS = /(?<![\w.-])(host|user|sslmode)[ \t]{0,8}=[ \t]{0,8}["']?([\w.-]{1,253})/g;

/** Every address in a text. */
export function addressesIn(text: string): Address[] {
  const uris = [...text.matchAll(URI)].map(([, jdbc, scheme = "", user = "", host = "", query = ""]): Address => {
    const options = optionsOf(query);
    const driver = jdbc !== undefined ? "jdbc" : scheme.startsWith("postgres") ? "postgres" : "mysql";
    return { driver, host, user: user || (options.get("user")?.at(-1) ?? ""), options };
  });
  return [...uris, ...(/sslmode/.test(text) && /(?<![\w.-])host/.test(text) ? keywordsIn(text.replaceAll(URI, "")) : [])];
}

/** One address from words: the first host, with all that the text says. */
function keywordsIn(text: string): Address[] {
  const said = Map.groupBy(text.matchAll(KEYWORDS), ([, key = ""]) => key);
  const options = new Map([...said].map(([key, all]) => [key, all.map(([, , value = ""]) => value)]));
  return (options.get("host") ?? []).map((host) => ({ driver: "postgres", host, user: options.get("user")?.[0] ?? "", options }));
}

const optionsOf = (query: string): Map<string, string[]> =>
  new Map(
    [
      ...Map.groupBy(
        query.split(/[&;]/).map((each) => each.split("=")),
        ([key = ""]) => key.toLowerCase().replaceAll("-", "_"),
      ),
    ].map(([key, pairs]) => [key, pairs.map(([, value = ""]) => decoded(value))]),
  );

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Whether a host is on the network of the cloud: neither in the cluster nor in the pod. */
export const isOutside = (host: string): boolean =>
  host.includes(".") && !/(^127\.|\.(svc|local|localhost)$|\.svc\.)/i.test(host);

/** What an address says of TLS; `undefined` where it says that the certificate and the name of the server are checked. */
export function weakness({ driver, options }: Address, otherwise: string | undefined): string | undefined {
  const of = (...names: string[]): string[] => names.flatMap((name) => options.get(name) ?? []);
  const modes = of("sslmode", "ssl_mode", "ssl").map((mode) => mode.toLowerCase());
  const given = modes.length === 0 && otherwise !== undefined ? [otherwise.toLowerCase()] : modes;
  const isStrict = (mode: string): boolean =>
    ["verify-full", "verify_identity"].includes(mode) || (driver === "jdbc" && mode === "true" && modes.length === 1);
  if (given.length > 0 && given.every(isStrict)) {
    return undefined;
  }
  const isStrictMySql =
    driver !== "postgres" &&
    given.length === 0 &&
    of("ssl_verify_identity", "ssl_ca", "tls").some((value) => !/^(false|0|skip.*|preferred|)$/i.test(value));
  return isStrictMySql ? undefined : given.join(", ") || "nothing";
}
