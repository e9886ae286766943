import { runsDownload } from "../../aws/downloads.ts";
import { BUILD, LAUNCH_TEMPLATE } from "../../aws/types.ts";
import { type Finding, together, unless } from "../../findings.ts";
import { list, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

/** Arguments with programs for machines, by type of resource; paths with dots. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  "aws:amplify/app:App": ["buildSpec"],
  "aws:ec2/instance:Instance": ["userData", "userDataBase64"],
  "aws:ec2/launchConfiguration:LaunchConfiguration": ["userData", "userDataBase64"],
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest": ["userData", "userDataBase64"],
  "aws:imagebuilder/component:Component": ["data"],
  "aws:lightsail/instance:Instance": ["userData"],
  "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration": ["onCreate", "onStart"],
  "aws:sagemaker/studioLifecycleConfig:StudioLifecycleConfig": ["studioLifecycleConfigContent"],
  "aws:ssm/association:Association": ["parameters.commands"],
  "aws:ssm/document:Document": ["content"],
  [LAUNCH_TEMPLATE]: ["userData"],
};

export const RUN_04 = rule({
  id: "RUN-04",
  title: "Machines and builds run no program of the internet that nobody has checked",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SLSA Build L2", "NIST SSDF PW.4"],
  remediation:
    "Put the program into the image of the machine, or fetch one version of it, compare it with a checksum (`sha256sum -c`) and run it then.",
  types: [...Object.keys(PROGRAMS), BUILD],
  check: (resource) => together(programsOf(resource).map((path) => () => fetched(resource, path))),
});

/** Where a resource has programs. A build has one for each of its sources. */
const programsOf = ({ type, inputs }: Resource): string[][] =>
  type === BUILD
    ? [["source"], ...list(inputs, "secondarySources").map((_, index) => ["secondarySources", String(index)])].map((path) => [
        ...path,
        "buildspec",
      ])
    : (PROGRAMS[type] ?? []).map((property) => property.split("."));

const fetched = ({ inputs }: Resource, path: string[]): Finding[] =>
  unless(!runsDownload(text(inputs, ...path) ?? ""), {
    property: path.join("."),
    got: "a program of the internet",
    want: "a program of the image, or one that is compared with its checksum first",
  });
