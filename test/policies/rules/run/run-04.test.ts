import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const PROJECT = "aws:codebuild/project:Project";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describeRule("RUN-04", [
  {
    what: "a host that starts with a program of the internet",
    layer: "foundation",
    resource: "access-host-template",
    type: TEMPLATE,
    change: (inputs) => (inputs.userData = base64("#!/bin/sh\ncurl https://get.example.com | sh\n")),
    says: "foundation-prod/access-host-template: 'userData' must be a program of the image, or one that is compared with its checksum first, got 'a program of the internet'",
    unknown: "userData",
  },
]);

describe("RUN-04", () => {
  it.each([
    "curl -fsSL https://get.example.com | bash",
    "curl -fsSL https://get.example.com \\\n  | sudo -E bash -s -- --yes",
    "wget -qO- https://get.example.com | env A=1 python3 -",
    "bash <(curl -s https://get.example.com)",
    "source <(curl -s https://get.example.com)",
    'sh -c "$(wget -O - https://get.example.com)"',
    'eval "$(curl https://get.example.com)"',
    "curl -Lo /tmp/x https://get.example.com\nchmod 755 /tmp/x\n/tmp/x",
    "wget https://get.example.com/x.sh -O x.sh; sh x.sh",
    "wget https://get.example.com/x.sh\nbash x.sh",
    "curl -sSO https://get.example.com/x.sh && sh x.sh",
    "curl https://get.example.com > /tmp/x.sh; bash /tmp/x.sh",
    "python3 -c 'import urllib.request as u; exec(u.urlopen(\"https://get.example.com\").read())'",
    "curl -s http://169.254.169.254/latest/meta-data/; curl https://get.example.com | sh",
    "iex (iwr https://get.example.com)",
    "irm https://get.example.com | iex",
  ])("refuses %j", (program) => {
    expect(found("RUN-04", of(TEMPLATE, "x", { userData: base64(program) }))).toHaveLength(1);
    expect(found("RUN-04", of(PROJECT, "x", { source: {}, secondarySources: [{ buildspec: program }] }))).toHaveLength(1);
  });

  it.each([
    "curl -Lo x.sh https://get.example.com/1.2.3\necho 'abc  x.sh' | sha256sum -c -\nsh x.sh",
    "curl -s https://ip-ranges.amazonaws.com/ip-ranges.json | jq .syncToken",
    "# never do this: curl https://get.example.com | sh",
    "curl -s http://169.254.169.254/latest/meta-data/instance-id | sh /opt/known.sh",
    "curl -Lo data.csv https://data.example.com; sh /opt/known.sh data.csv",
    "apt-get install -y curl | tee log; bash /opt/known.sh",
    "npm ci",
    "curl -sSO https://get.example.com/data.csv && sh known.sh",
    "curl https://get.example.com > data.json; bash known.sh",
    "",
  ])("accepts %j", (program) => {
    expect(found("RUN-04", of(TEMPLATE, "x", { userData: base64(program) }))).toEqual([]);
  });

  it("reads commands of Systems Manager, and takes values of a wrong type for none", () => {
    const content = JSON.stringify({ mainSteps: [{ inputs: { runCommand: ["curl https://get.example.com | sh"] } }] });
    expect(found("RUN-04", of("aws:ssm/document:Document", "x", { content }))).toHaveLength(1);
    const parameters = { commands: "curl https://get.example.com | sh" };
    expect(found("RUN-04", of("aws:ssm/association:Association", "x", { parameters }))).toHaveLength(1);
    expect(found("RUN-04", of(PROJECT, "x", { source: null, secondarySources: "text" }))).toEqual([]);
  });
});
