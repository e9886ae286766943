// What the settings `charts` and `images` have wrong, in words: one sentence for each mistake, and the place without it.

import { IMAGES_FORM, REGISTRY_HOST, REGISTRY_PART } from "#components/image-mirror";
import { CHARTS_FORM } from "#components/mirror";

const CHARTS_EXAMPLE = "oci://registry.example.com/charts";
const IMAGES_EXAMPLE = "registry.example.com/mirror";
/** A folder of charts, for sentences. */
export const FOLDER_EXAMPLE = "vendor/charts";

/** What is wrong with the setting `charts`; completes "must …". `undefined` where nothing is. */
export function chartsFault(value: unknown): string | undefined {
  const both = `${CHARTS_EXAMPLE} or ${FOLDER_EXAMPLE}`;
  const other = notAPlace(value, both);
  if (other !== undefined) {
    return other;
  }
  const place = String(value);
  if (!SCHEME.test(place.trim())) {
    return said(place, mistakesInFolder(place), { form: CHARTS_FORM, righted: folder(place), example: both });
  }
  const { scheme, ...parts } = partsOf(place);
  const mistakes = [
    ...(scheme === "oci://" ? [] : ["begin with oci:// for a registry, or name a folder without a scheme"]),
    ...mistakesInAddress(place, parts),
    ...(parts.host !== "" && parts.path.replaceAll("/", "") === "" ? ["have a path behind the registry"] : []),
  ];
  const righted = `oci://${address(parts)}${parts.path.replaceAll("/", "") === "" ? "/charts" : ""}`;
  return said(place, mistakes, {
    form: CHARTS_FORM,
    righted: OF_REGISTRIES.test(scheme) && parts.host !== "" ? righted : place,
    example: CHARTS_EXAMPLE,
  });
}

/** What is wrong with the setting `images`; completes "must …". `undefined` where nothing is. */
export function imagesFault(value: unknown): string | undefined {
  const other = notAPlace(value, IMAGES_EXAMPLE);
  if (other !== undefined) {
    return other;
  }
  const place = String(value);
  const { scheme, ...parts } = partsOf(place);
  const isFolder = /^[./\\~]/.test(place);
  const mistakes = isFolder
    ? ["name a registry, because images do not come from a folder"]
    : [
        ...(scheme === "" ? [] : ["begin with the host of the registry, without a scheme"]),
        ...mistakesInAddress(place, parts),
        ...(parts.host === "" || parts.host.includes(".")
          ? []
          : ["begin with a host that has a dot, because other names are repositories of Docker Hub"]),
      ];
  return said(place, mistakes, { form: IMAGES_FORM, righted: address(parts), example: IMAGES_EXAMPLE });
}

/** The engine keeps every value of a stack config as text, a number and `true` too. */
function notAPlace(value: unknown, example: string): string | undefined {
  if (typeof value === "object" && value !== null) {
    return `be one text, such as ${example}, not ${Array.isArray(value) ? "a list" : "a map"}`;
  }
  if (typeof value !== "string" || /^(true|false|null|~|[-+]?\d[\d._]*)$/i.test(value)) {
    return `be the name of a place, such as ${example}, not a number, true, false or null`;
  }
  return value.trim() === "" ? `be a place, such as ${example}, or be left out` : undefined;
}

interface Sentence {
  form: RegExp;
  /** The place without its mistakes. */
  righted: string;
  example: string;
}

function said(place: string, mistakes: readonly string[], { form, righted, example }: Sentence): string | undefined {
  if (mistakes.length === 0 && form.test(place)) {
    return undefined;
  }
  const all = mistakes.length > 0 ? mistakes.join(" and ") : "have letters and digits in each part";
  return `${all} (${righted !== place && form.test(righted) ? `write '${righted}'` : `such as ${example}`})`;
}

/** A drive of Windows has one letter. */
const SCHEME = /^([a-z][a-z\d+.-]*:\/{1,2}|oci:)/i;

/** Schemes behind which the address of a registry stands. */
const OF_REGISTRIES = /^(oci|https?|docker):/i;

interface Parts {
  scheme: string;
  user: string;
  host: string;
  port: string | undefined;
  /** With its slashes. */
  path: string;
  tag: string;
  digest: string;
  query: string;
}

function partsOf(place: string): Parts {
  const plain = place.trim();
  const [scheme = ""] = SCHEME.exec(plain) ?? [];
  const [, known = "", query = ""] = /^([^?#]*)(.*)$/s.exec(plain.slice(scheme.length)) ?? [];
  const [, named = "", digest = ""] = /^(.*?)(@sha\d+:.*)?$/is.exec(known) ?? [];
  const [, user = "", rest = ""] = /^(?:(.*)@)?(.*)$/s.exec(named) ?? [];
  const [, authority = "", behind = ""] = /^([^/]*)(.*)$/s.exec(rest) ?? [];
  const [, host = "", port] = /^([^:]*)(?::(.*))?$/s.exec(authority) ?? [];
  const [, path = "", tag = ""] = /^(.*?)(:[^/]*)?(?:\/*)$/s.exec(behind) ?? [];
  // Slashes at the end belong to the path where no tag stands before them.
  return { scheme, user, host, port, path: tag === "" ? behind : path, tag, digest, query };
}

const isPort = (port: string): boolean => /^[1-9]\d*$/.test(port) && Number(port) <= 65_535;

function mistakesInAddress(place: string, { user, host, port, path, tag, digest, query }: Omit<Parts, "scheme">): string[] {
  const wrong: [is: boolean, must: string][] = [
    [/\s/.test(place), "have no blanks"],
    [user !== "", "have no user and no password, which `helm registry login` and `docker login` keep"],
    [host === "", "name the host of a registry"],
    [/[A-Z]/.test(`${host}${path}`), "be in lower case"],
    [host.includes("_"), "have a host without _"],
    [port !== undefined && !isPort(port), "have a port from 1 to 65535"],
    [tag !== "", "have no tag, because each version is pinned"],
    [digest !== "", "have no digest, because each version is pinned"],
    [query !== "", "have no ? and no #"],
    [/.\/$/.test(path) || (path === "/" && host !== ""), "have no slash at the end"],
    [/\/\/+(?=[^/])/.test(path), "have no two slashes in a row"],
  ];
  const mistakes = wrong.flatMap(([is, must]) => (is ? [must] : []));
  return mistakes.length > 0 ? mistakes : mistakesInParts(host, path);
}

const HOST = new RegExp(`^${REGISTRY_HOST.source}$`);
const PATH = new RegExp(`^(/${REGISTRY_PART.source})*$`);

const mistakesInParts = (host: string, path: string): string[] => [
  ...(HOST.test(host) ? [] : ["have a host with letters and digits at both ends of each part, and - only between them"]),
  ...(PATH.test(path)
    ? []
    : ["have a path with letters and digits at both ends of each part, and one . or _, two _ or any - between"]),
];

/** An address as it is written right. */
const address = ({ host, port, path }: Omit<Parts, "scheme">): string =>
  `${host}${port === undefined ? "" : `:${port}`}${path}`
    .toLowerCase()
    .replace(/\s+/g, "")
    .replace(/\/+/g, "/")
    .replace(/\/$/, "");

function mistakesInFolder(place: string): string[] {
  const wrong: [is: boolean, must: string][] = [
    [/^([/\\~]|[a-z]:)/i.test(place), "be a path from the root of the project"],
    [/(^|[/\\])\.\.([/\\]|$)/.test(place), "be a folder inside of the project, without .."],
    [/^\.+[/\\]*$/.test(place) && !place.startsWith(".."), "be a folder of its own, not the project itself"],
    [/^\.[/\\]/.test(place) && !/^\.[/\\]*$/.test(place), "have no ./ at the beginning"],
    [/[/\\]\.([/\\]|$)/.test(place), "have no . as a part"],
    [/\s/.test(place), "have no blanks"],
    [place.includes("\\"), "have / between its parts"],
    [/[^/\\][/\\]+$/.test(place) && !/^\.+[/\\]*$/.test(place), "have no slash at the end"],
    [/[^/]\/{2,}(?=[^/])/.test(place), "have no two slashes in a row"],
    [/[^\w./\\\s~:-]/.test(place) || /^[^/\\]{2,}:/.test(place), "have only letters, digits, . - and _ in its parts"],
  ];
  return wrong.flatMap(([is, must]) => (is ? [must] : []));
}

/** A folder as it is written right. */
const folder = (place: string): string =>
  place
    .trim()
    .replaceAll("\\", "/")
    .replace(/\/+/g, "/")
    .replace(/^(\.\/)+/, "")
    .replace(/\/\.(?=\/|$)/g, "")
    .replace(/\/$/, "")
    .replace(/\s+/g, "-");
