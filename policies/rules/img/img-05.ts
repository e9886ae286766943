import { type Finding, together, unless } from "../../findings.ts";
import { CHART, CHART_RELEASE } from "../../kubernetes/types.ts";
import { flag, isSet, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** Where a chart may come from, beside a folder: addresses over TLS. The name of a chart is completed by its repository. */
const SAFE = /^(https|oci):\/\//i;
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;

export const IMG_05 = rule({
  id: "IMG-05",
  title: "A chart comes over TLS, as its publisher made it, and its repository needs no password in the program",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MANAGE 3.1"],
  remediation:
    "Take the chart from `https://` or `oci://`. Remove `insecureSkipTlsVerify`, `plainHttp`, `postrender`, `devel` and the password of the repository: Helm signs in with the credentials of the machine.",
  types: [CHART_RELEASE, CHART],
  check: ({ inputs }): Finding[] => {
    const address =
      (property: string, ...path: string[]) =>
      () => {
        const got = text(inputs, ...path) ?? "";
        return unless(!ADDRESS.test(got) || SAFE.test(got), { property, got, want: "an address with https:// or oci://" });
      };
    const off =
      (want: string, ...path: string[]) =>
      () =>
        unless(flag(inputs, ...path) !== true, { property: path.join("."), got: "true", want });
    const absent =
      (want: string, ...path: string[]) =>
      () =>
        unless(!isSet(inputs, ...path), { property: path.join("."), got: "set", want });
    return together(
      address("chart", "chart"),
      address("repositoryOpts.repo", "repositoryOpts", "repo"),
      off("false or left out", "repositoryOpts", "insecureSkipTlsVerify"),
      off("false or left out", "plainHttp"),
      off("left out, and `version` set", "devel"),
      absent("left out", "repositoryOpts", "password"),
      absent("left out: what runs must be what was published", "postrender"),
      absent("left out: what runs must be what was published", "postRenderer"),
      off("false or left out, so that a chart whose pods never start fails", "skipAwait"),
    );
  },
});
