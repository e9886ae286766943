import { type Finding, together, unless } from "../../findings.ts";
import { CHARTS, DOWNLOADS } from "../../kubernetes/charts.ts";
import { type Bag, flag, isSet, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

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
      ([["chart", ["chart"]], ...DOWNLOADS.map((options) => [`${options}.repo`, [options, "repo"]] as const)] as const).map(
        ([property, path]) =>
          () => {
            const got = text(inputs, ...path)?.trim() ?? "";
            // A name in a repository, and a path of the program's own files, have no scheme.
            const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(got)?.[1]?.toLowerCase();
            return unless(scheme === undefined || ["https", "oci", "file"].includes(scheme), { property, got, want });
          },
      ),
      DOWNLOADS.map(
        (options) => () =>
          unless(!isSet(inputs, options, "password"), {
            property: `${options}.password`,
            got: "a password in the program",
            want: "left out: Helm signs in with the credentials of the machine",
          }),
      ),
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
  ...DOWNLOADS.flatMap((options) => ["insecureSkipTlsVerify", "plainHttp", "devel"].map((key) => [options, key])),
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
