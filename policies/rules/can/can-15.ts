import { HOSTED_MODEL } from "../../aws/types.ts";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { at, type Bag, isSet, list, shown, text } from "../../read.ts";
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
    "Give the container `MODEL_SHA256` of the release, `MODEL_DIR=/opt/ml/model`, and the files as they are, by `modelDataSource` with `S3Prefix` and `None`. `SageMakerEndpoint` does both.",
  parameters: { dev: ASKED, staging: ASKED, prod: ASKED },
  // Other servers read other variables.
  elsewhere: { asked: false },
  types: [HOSTED_MODEL],
  check: ({ inputs }, { asked }) => {
    const several = list(inputs, "containers").map((_, index) => ["containers", index] as const);
    const places: Place[] = [
      ...(isSet(inputs, "primaryContainer") || several.length === 0 ? [["primaryContainer"] as const] : []),
      ...several,
    ];
    return together((asked ? places : []).map((place) => () => faultsOf(inputs, place)));
  },
});

type Place = readonly ["primaryContainer"] | readonly ["containers", number];

/** The folder in which SageMaker puts the files of `modelDataSource`. */
const FOLDER = "/opt/ml/model";

function faultsOf(inputs: Bag, place: Place): Finding[] {
  const [property, index] = place;
  const path = `${property}${index === undefined ? "" : `[${index}]`}`;
  const variable = (name: string, fits: (value: string | undefined) => boolean, want: string) => (): Fault[] => {
    const value = text(inputs, ...place, "environment", name);
    return unless(fits(value), { property: `${path}.environment.${name}`, got: shown(value), want });
  };
  const leftOut = (key: string, why: string) => (): Fault[] =>
    unless(!isSet(inputs, ...place, key), {
      property: `${path}.${key}`,
      got: why,
      want: "left out: `modelDataSource` takes the files as they are",
    });
  return together(
    variable(
      "MODEL_SHA256",
      (digest) => /^[0-9a-f]{64}$/.test(digest ?? ""),
      "the sha256 of the model's files, 64 hexadecimal digits",
    ),
    variable(
      "MODEL_DIR",
      (folder) => folder === FOLDER,
      `${FOLDER}: the server compares the files in it, and SageMaker brings them there`,
    ),
    leftOut("modelDataUrl", "an archive, whose files the digest does not name"),
    leftOut("additionalModelDataSources", "more files, which the digest does not name"),
    leftOut("modelPackageName", "a package, which has an image and files of its own"),
    () => {
      const mode = text(inputs, ...place, "mode") ?? "SingleModel";
      return unless(mode === "SingleModel", {
        property: `${path}.mode`,
        got: mode,
        want: "SingleModel: the server of several models loads what it is asked for",
      });
    },
    () => {
      const sources = list(inputs, ...place, "modelDataSource", "s3DataSources");
      const got = sources.map((each) => `${shown(at(each, "s3DataType"))} ${shown(at(each, "compressionType"))}`).join(" and ");
      return unless(got === "S3Prefix None", {
        property: `${path}.modelDataSource.s3DataSources`,
        got: shown(got),
        want: "one source, with S3Prefix and None: the digest is of the files as they are",
      });
    },
  );
}
