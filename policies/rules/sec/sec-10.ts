import { OWN_KEY, strangeKey } from "../../aws/keys.ts";
import { ENDPOINT_CONFIGURATION } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { flag, isSet } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

/** The disks have the model and what is written beside it; what is captured are the requests of users, and the answers. */
export const SEC_10 = rule({
  id: "SEC-10",
  title: "Endpoints of SageMaker encrypt their disks and what they capture with keys of your own",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-53 SC-28", "SOC2 CC6.1"],
  remediation:
    "Set `kmsKeyArn` of the endpoint configuration, and `kmsKeyId` of its `dataCaptureConfig`, to a customer managed key. `SageMakerEndpoint` does.",
  peers: ["CKV_AWS_98"],
  types: [ENDPOINT_CONFIGURATION],
  check: (resource) =>
    together(
      () => keyed(resource, "kmsKeyArn"),
      () => (isCaptured(resource) ? keyed(resource, "dataCaptureConfig", "kmsKeyId") : []),
    ),
});

const isCaptured = ({ inputs }: Resource): boolean =>
  isSet(inputs, "dataCaptureConfig") && flag(inputs, "dataCaptureConfig", "enableCapture") !== false;

function keyed(resource: Resource, ...path: string[]): Fault[] {
  const { inputs } = resource;
  const property = path.join(".");
  const got = isSet(inputs, ...path) ? strangeKey(resource, inputs, ...path) : "nothing";
  return unless(got === undefined, { property, got: got ?? "", want: OWN_KEY });
}
