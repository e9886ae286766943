import { type Finding, together, unless } from "../../findings.ts";
import { CHART, CHART_RELEASE } from "../../kubernetes/types.ts";
import { type Bag, flag, isSet, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const CHARTS = [CHART_RELEASE, CHART, "kubernetes:helm.sh/v3:Chart"];

/** Who sits between a repository and the cluster may put anything into a chart that is fetched in the clear. */
export const IMG_05 = rule({
  id: "IMG-05",
  title: "Charts are fetched over a verified connection, and installed as they were published and checked",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["SLSA", "NIST SSDF PS.2"],
  remediation:
    "Name the repository by `https://` or `oci://`. Leave out `insecureSkipTlsVerify`, `plainHttp`, `devel`, `postrender`, `disableOpenapiValidation`, `forceUpdate`, `skipAwait` and the password of the repository.",
  peers: ["CKV_K8S_43"],
  types: CHARTS,
  check: ({ inputs }) => {
    const want = "a repository over https:// or oci://";
    return together(
      (
        [
          ["chart", ["chart"]],
          ["repositoryOpts.repo", ["repositoryOpts", "repo"]],
          ["fetchOpts.repo", ["fetchOpts", "repo"]],
        ] as const
      ).map(([property, path]) => () => {
        const got = text(inputs, ...path)?.trim() ?? "";
        // A name in a repository, and a path of the program's own files, have no scheme.
        const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(got)?.[1]?.toLowerCase();
        return unless(scheme === undefined || ["https", "oci", "file"].includes(scheme), { property, got, want });
      }),
      () =>
        unless(!isSet(inputs, "repositoryOpts", "password"), {
          property: "repositoryOpts.password",
          got: "a password in the program",
          want: "left out: Helm signs in with the credentials of the machine",
        }),
      SWITCHES.map((path) => () => switchedOn(inputs, path)),
      () =>
        unless(!isSet(inputs, "postrender") && !isSet(inputs, "postRenderer"), {
          property: isSet(inputs, "postRenderer") ? "postRenderer" : "postrender",
          got: "a program that rewrites the chart",
          want: "left out: what is installed is what was reviewed",
        }),
    );
  },
});

/** Each takes away a check of what is installed. */
const SWITCHES: readonly (readonly string[])[] = [
  ["repositoryOpts", "insecureSkipTlsVerify"],
  ["repositoryOpts", "plainHttp"],
  ["insecureSkipTlsVerify"],
  ["plainHttp"],
  ["devel"],
  ["disableOpenapiValidation"],
  ["forceUpdate"],
  // A chart whose pods never start would count as installed.
  ["skipAwait"],
];

const switchedOn = (inputs: Bag, path: readonly string[]): Finding[] =>
  unless(flag(inputs, ...path) !== true, { property: path.join("."), got: "true", want: "false" });
