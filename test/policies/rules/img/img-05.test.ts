import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

describeRule("IMG-05", [
  {
    layer: "platform",
    resource: "certificates-controller",
    what: "a repository in the clear",
    change: (inputs) => (inputs.repositoryOpts.repo = "HTTP://charts.jetstack.io"),
    says: "platform-prod/certificates-controller: 'repositoryOpts.repo' must be a repository over https:// or oci://, got 'HTTP://charts.jetstack.io'",
    unknown: "repositoryOpts.repo",
  },
  {
    layer: "platform",
    resource: "certificates-controller",
    what: "a chart that a program rewrites",
    change: (inputs) => (inputs.postrender = "/bin/patch"),
    says: "platform-prod/certificates-controller: 'postrender' must be left out: what is installed is what was reviewed, got 'a program that rewrites the chart'",
  },
]);

describe("IMG-05", () => {
  const chart = (inputs: object, version = "v3:Release") => found("IMG-05", of(`kubernetes:helm.sh/${version}`, "c", inputs));

  it.each(["cert-manager", "./charts/own", "https://a.example.com/c-1.2.3.tgz", "oci://r.example.com/c", "repo/name"])(
    "accepts the chart %s",
    (name) => expect(chart({ chart: name, repositoryOpts: { repo: "https://charts.example.com" } })).toEqual([]),
  );

  it.each(["http://a.example.com/c-1.2.3.tgz", " http://a", "ftp://a/c.tgz", "git://a/b"])("refuses the chart %s", (name) =>
    expect(chart({ chart: name })).toHaveLength(1),
  );

  it("refuses each switch, also as a text, in every version of charts", () => {
    expect(chart({ repositoryOpts: { insecureSkipTlsVerify: "true" } })).toHaveLength(1);
    expect(chart({ plainHttp: true }, "v4:Chart")).toEqual(["plainHttp: true"]);
    expect(chart({ disableOpenapiValidation: true, devel: false, forceUpdate: "false" })).toHaveLength(1);
    expect(chart({ fetchOpts: { repo: "http://a" } }, "v3:Chart")).toHaveLength(1);
    expect(chart({ fetchOpts: { password: "x", devel: true } }, "v3:Chart")).toHaveLength(2);
  });
});
