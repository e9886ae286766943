import { HOSTED_MODEL } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { isSet, list, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** `asked`: whether the image is one that compares its files with what it is told. */
const ASKED = { asked: true };

/** SageMaker brings the files to the instances and compares them with nothing: only the server can, before it loads them. */
export const CAN_15 = rule({
  id: "CAN-15",
  title: "A model that SageMaker hosts names the digest of its files, and its server compares them",
  severity: "critical",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MANAGE 3.1", "SLSA Build L2"],
  remediation:
    "Give the container `MODEL_SHA256` of the release and the files as they are, by `modelDataSource` with `S3Prefix` and `None`. `SageMakerEndpoint` does both.",
  parameters: { dev: ASKED, staging: ASKED, prod: ASKED },
  // Other servers read other variables.
  elsewhere: { asked: false },
  types: [HOSTED_MODEL],
  check: ({ inputs }, { asked }) => {
    const several = list(inputs, "containers").map((_, index) => ["containers", index] as const);
    const places = [...(isSet(inputs, "primaryContainer") ? [["primaryContainer"] as const] : []), ...several];
    return together(
      (asked ? places : []).map((place) => (): Fault[] => {
        const [property, index] = place;
        const path = `${property}${index === undefined ? "" : `[${index}]`}`;
        const digest = text(inputs, ...place, "environment", "MODEL_SHA256");
        return [
          ...unless(/^[0-9a-f]{64}$/.test(digest ?? ""), {
            property: `${path}.environment.MODEL_SHA256`,
            got: shown(digest),
            want: "the sha256 of the model's files, 64 hexadecimal digits",
          }),
          ...unless(!isSet(inputs, ...place, "modelDataUrl"), {
            property: `${path}.modelDataUrl`,
            got: "an archive, whose files the digest does not name",
            want: "left out: `modelDataSource` takes the files as they are",
          }),
        ];
      }),
    );
  },
});
