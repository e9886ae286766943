import { NODE_GROUP } from "../../aws/types.ts";
import { daysAfter, inDays, isDay } from "../../day.ts";
import type { Fault } from "../../findings.ts";
import { NODE_CLASS } from "../../kubernetes/types.ts";
import { bags, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

/** Days after which an image is too old. It is advised against for the second half of them. */
const MOST_DAYS = { days: 180 };

export const EKS_14 = rule({
  id: "EKS-14",
  title: "Nodes start from an image that is pinned and not too old",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-190 4.5.3"],
  remediation:
    "Pin the release of the image, `releaseVersion` of a managed node group and `alias` of a node class, and move the pin: a node that is replaced starts from the same image again.",
  parameters: { dev: MOST_DAYS, staging: MOST_DAYS, prod: MOST_DAYS },
  types: [NODE_GROUP, NODE_CLASS],
  check: (resource, { days }) => (resource.type === NODE_GROUP ? ofGroup(resource, days) : ofClass(resource, days)),
});

/** Amazon Linux is what EKS uses when nobody says otherwise. Releases of Bottlerocket and of own images name no day. */
function ofGroup({ inputs }: Resource, days: number): Fault[] {
  const image = text(inputs, "amiType") ?? "AL2023";
  if (/^AL2_/i.test(image)) {
    return [
      {
        property: "amiType",
        got: image,
        want: "an image of AL2023 or BOTTLEROCKET, as Amazon Linux 2 has none for nodes any more",
      },
    ];
  }
  if (!image.startsWith("AL2023")) {
    return [];
  }
  const got = text(inputs, "releaseVersion");
  if (got === undefined) {
    const want = "a release of the image with its day, such as 1.36.4-20260930, because EKS never replaces the image on its own";
    return [{ property: "releaseVersion", got: "nothing", want }];
  }
  return faultOf("releaseVersion", got, /-(\d{8})$/.exec(got)?.[1], days);
}

/** `latest` moves on its own; an image by its id, name or tags says nothing about its age. */
const ofClass = ({ inputs }: Resource, days: number): Fault[] =>
  bags(inputs, "spec", "amiSelectorTerms").flatMap((term) => {
    const alias = text(term, "alias") ?? "";
    return alias.startsWith("al2") && !alias.endsWith("@latest")
      ? faultOf("spec.amiSelectorTerms.alias", alias, /@v(\d{8})$/.exec(alias)?.[1], days)
      : [];
  });

function faultOf(property: string, got: string, release: string | undefined, days: number): Fault[] {
  const day = release?.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3") ?? "";
  if (!isDay(day)) {
    return [{ property, got, want: "a release that ends with its day, such as 20260930" }];
  }
  return [{ property, got, want: `an image of the last ${inDays(days)}`, ends: daysAfter(day, days) }];
}
