import { distance } from "fastest-levenshtein";
import { type Fault, unless } from "../../findings.ts";
import { knownImages } from "../../kubernetes/chart-images.ts";

/** The host at the beginning of an image's name. */
export const HOST = /^[^/]*[.:][^/]*(\/|$)/;

/** The name of an image in a chart's values, or the beginning of some. */
interface Named {
  property: string;
  /** Without the address of the mirror. */
  got: string;
  /** The address of the mirror, with a slash behind it. @default - it comes from a publisher */
  mirror?: string;
  /** Places of the chart's publishers. @default - none */
  published?: readonly string[];
}

/** Images that a chart does not have where its values name them, or that have almost the name of one that it has. */
export function misnamed({ property, got, mirror = "", published = [] }: Named, chart: string): Fault[] {
  const known = knownImages(chart);
  const isBeginning = /\.(registry|hub|imageRegistry)$/.test(property);
  const plain = isBeginning ? got : got.replace(/@.*$/, "").replace(/:[^/]*$/, "");
  const here = known.filter(({ path }) => `values.${mapOf(path)}` === mapOf(property));
  const wanted = (here.length > 0 ? here : known)
    .flatMap(({ was, images }) => (isBeginning ? [was] : images))
    .map((name) => (HOST.test(plain) ? name : name.replace(HOST, "")));
  const [near = ""] = wanted.toSorted((one, other) => distance(plain, one) - distance(plain, other));
  const isNear = distance(plain, near) <= MOST;
  const isFree = here.length === 0 ? !isNear : wanted.some((name) => isElsewhere(plain, name, { published, isBeginning }));
  return unless(wanted.includes(plain) || isFree, {
    property,
    got: `${mirror}${got}`,
    want: isNear
      ? `one that ${chart} has there (Did you mean '${mirror}${near}'?)`
      : `one that ${chart} has there (${wanted.map((name) => `${mirror}${name}`).join(" or ")})`,
  });
}

/** Most letters in which a slip of the pen differs. */
const MOST = 2;

/** The map of an image's registry and repository; a value that stands alone is its own. */
const mapOf = (path: string): string => path.replace(/\.(registry|repository)$/, "");

/** Whether a name is that of the same image at another place of the chart's publishers, which may lie deeper there. */
const isElsewhere = (
  got: string,
  name: string,
  { published, isBeginning }: { published: readonly string[]; isBeginning: boolean },
) =>
  hostOf(got) !== hostOf(name) &&
  published.some((place) => got === place || (got.startsWith(`${place}/`) && hostOf(place) !== hostOf(name))) &&
  (isBeginning || got.split("/").at(-1) === name.split("/").at(-1));

const hostOf = (name: string): string => name.split("/")[0]!;
