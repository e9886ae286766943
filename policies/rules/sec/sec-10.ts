import { hasDisks } from "../../aws/hosting.ts";
import { OWN_KEY, strangeKey } from "../../aws/keys.ts";
import { ENDPOINT_CONFIGURATION } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { flag, isSet, list, text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

/** The disks have the model and what is written beside it; what is captured are the requests of users, and the answers. */
export const SEC_10 = rule({
  id: "SEC-10",
  title: "Endpoints of SageMaker encrypt their disks and what they capture with keys of your own",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-53 SC-28", "SOC2 CC6.1"],
  remediation:
    "Set `kmsKeyArn` of the endpoint configuration, and `kmsKeyId` of its `dataCaptureConfig`, to a customer managed key. `SageMakerEndpoint` does. Instances with disks inside, such as `ml.g5`, take no `kmsKeyArn`.",
  peers: ["CKV_AWS_98"],
  types: [ENDPOINT_CONFIGURATION],
  check: (resource) =>
    together(
      () => (hasVolumes(resource) ? keyed(resource, "kmsKeyArn") : []),
      () => (isCaptured(resource) ? keyed(resource, "dataCaptureConfig", "kmsKeyId") : []),
      () =>
        isSet(resource.inputs, "asyncInferenceConfig") ? keyed(resource, "asyncInferenceConfig", "outputConfig", "kmsKeyId") : [],
      ...variantsOf(resource).map(
        (variant) => () =>
          isSet(resource.inputs, ...variant, "coreDumpConfig") ? keyed(resource, ...variant, "coreDumpConfig", "kmsKeyId") : [],
      ),
    ),
});

type Path = readonly (string | number)[];

const variantsOf = ({ inputs }: Resource): Path[] =>
  ["productionVariants", "shadowProductionVariants"].flatMap((kind) => list(inputs, kind).map((_, at) => [kind, at]));

/** Whether any instance has a volume, for which SageMaker takes a key. Without servers there is none. */
function hasVolumes(resource: Resource): boolean {
  const hasVolume = (variant: Path): boolean =>
    !isSet(resource.inputs, ...variant, "serverlessConfig") && !hasDisks(text(resource.inputs, ...variant, "instanceType") ?? "");
  const variants = variantsOf(resource);
  return variants.length === 0 || variants.some(hasVolume);
}

const isCaptured = ({ inputs }: Resource): boolean =>
  isSet(inputs, "dataCaptureConfig") && flag(inputs, "dataCaptureConfig", "enableCapture") !== false;

/** What SageMaker takes for a key: an ARN, an alias, or the id of one (API reference, CreateEndpointConfig). */
const KEY =
  /^(arn:aws[\w-]*:kms:[\w-]+:\d{12}:(key|alias)\/[\w/-]+|alias\/[\w/-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

function keyed(resource: Resource, ...path: Path): Fault[] {
  const { inputs } = resource;
  const property = path.reduce<string>(
    (said, key) => (typeof key === "number" ? `${said}[${key}]` : said === "" ? key : `${said}.${key}`),
    "",
  );
  if (!isSet(inputs, ...path)) {
    return [{ property, got: "nothing", want: OWN_KEY }];
  }
  const key = whenKnown(() => text(inputs, ...path));
  const strange = key !== undefined && !KEY.test(key) ? key : strangeKey(resource, inputs, ...path);
  return unless(strange === undefined, { property, got: strange ?? "", want: OWN_KEY });
}
