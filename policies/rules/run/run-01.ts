import { accountIn, knownAccounts, NOBODY_ELSE } from "../../aws/outsiders.ts";
import { BUILD } from "../../aws/types.ts";
import { isListed } from "../../exceptions.ts";
import { type Finding, together, unless } from "../../findings.ts";
import { at, bags, flag, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

interface Trust {
  /** Globs of the images in which a build may run. */
  images: string[];
  /** Globs of the names of projects that may be root on their machine: those that run Docker themselves. */
  privileged: string[];
}

/** Images that AWS publishes for CodeBuild, and those of private registries. */
const KNOWN: Trust = { images: ["aws/codebuild/*", "*.dkr.ecr.*.amazonaws.com/*"], privileged: [] };

export const RUN_01 = rule<Trust>({
  id: "RUN-01",
  title: "A build runs in a known image, without the rights of its machine, and checks the certificate of its source",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP CodeBuild.1", "FSBP CodeBuild.5"],
  remediation:
    "Set `environment.image` to an image of CodeBuild or of your own registry, and leave `privilegedMode` and `insecureSsl` out. List projects that run Docker themselves in the parameter `privileged`, and other images in `images`.",
  peers: ["CKV_AWS_316", "prowler"],
  types: [BUILD],
  parameters: { dev: KNOWN, staging: KNOWN, prod: KNOWN },
  // Which registries a program trusts, only its author knows.
  elsewhere: { images: ["*"], privileged: [] },
  check: (project, { images, privileged }) =>
    together(
      () => rooted(project, privileged),
      () => strangeImage(project, images),
      () => sourcesOf(project).flatMap(([path, source]) => weakSource(path, source)),
    ),
});

const rooted = ({ name, inputs }: Resource, privileged: readonly string[]): Finding[] =>
  unless(flag(inputs, "environment", "privilegedMode") !== true || isListed(name, privileged), {
    property: "environment.privilegedMode",
    got: "true",
    want: "false",
  });

function strangeImage(project: Resource, images: readonly string[]): Finding[] {
  const property = "environment.image";
  const image = text(project.inputs, "environment", "image");
  if (image === undefined) {
    return [];
  }
  const account = accountIn(image.split(".")[0] ?? "");
  const known = knownAccounts(project, NOBODY_ELSE);
  const isForeign = account !== undefined && known.length > 0 && !known.includes(account) && image.includes(".dkr.ecr.");
  return [
    ...unless(isListed(image, images) && !isForeign, {
      property,
      got: image,
      want: `an image of CodeBuild or of a registry of your own (${images.join(", ")})`,
    }),
  ];
}

const sourcesOf = ({ inputs }: Resource): [path: string, source: unknown][] => [
  ["source", at(inputs, "source")],
  ...bags(inputs, "secondarySources").map((each, index): [string, unknown] => [`secondarySources.${index}`, each]),
];

function weakSource(path: string, source: unknown): Finding[] {
  return together(
    () =>
      unless(flag(source, "insecureSsl") !== true, {
        property: `${path}.insecureSsl`,
        got: shown(at(source, "insecureSsl")),
        want: "false",
      }),
    () => {
      const location = isSet(source, "location") ? (text(source, "location") ?? "") : "";
      const property = `${path}.location`;
      return [
        ...unless(!/^http:/i.test(location), { property, got: "an address of plain HTTP", want: "an address of HTTPS" }),
        ...unless(!/^[a-z]+:\/\/[^/@]*:[^/@]+@/i.test(location), {
          property,
          got: "an address with a password",
          want: "an address without one: `source.auth` names a connection",
        }),
      ];
    },
  );
}
