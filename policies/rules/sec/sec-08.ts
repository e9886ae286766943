import { ENDPOINT_CONFIGURATION, HOSTED_MODEL } from "../../aws/types.ts";
import { type Fault, unless } from "../../findings.ts";
import { type Bag, bags, flag, isSet, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance";
const DOMAIN = "aws:sagemaker/domain:Domain";

/** A notebook holds the rights of its role and the data that it has read, and runs whatever somebody pastes. AWS opens it unless it is told not to. */
export const SEC_08 = rule({
  id: "SEC-08",
  title: "Notebooks and models of SageMaker run in a network of their own, without root and without a way past it",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP SageMaker.1", "FSBP SageMaker.2", "FSBP SageMaker.3", "FSBP SageMaker.5"],
  remediation:
    'Set `directInternetAccess: "Disabled"` with `subnetId` and `securityGroups`, and `rootAccess: "Disabled"`. Give a Studio domain `appNetworkAccessType: "VpcOnly"`, and a model `enableNetworkIsolation: true` or a `vpcConfig`. Leave `enableSsmAccess` of an endpoint\'s variants out.',
  peers: ["CKV_AWS_122", "CKV_AWS_306", "CKV_AWS_307", "prowler"],
  types: [NOTEBOOK, DOMAIN, HOSTED_MODEL, ENDPOINT_CONFIGURATION],
  check: ({ type, inputs }): Fault[] => {
    const said = (property: string, wanted: string, usual: string): Fault[] => {
      const got = text(inputs, property) ?? `${usual}, as AWS sets it`;
      return unless(got === wanted, { property, got, want: wanted });
    };
    if (type === NOTEBOOK) {
      return [
        ...said("directInternetAccess", "Disabled", "Enabled"),
        ...said("rootAccess", "Disabled", "Enabled"),
        ...unless(isSet(inputs, "subnetId"), { property: "subnetId", got: "nothing", want: "a subnet of your own" }),
      ];
    }
    if (type === DOMAIN) {
      return said("appNetworkAccessType", "VpcOnly", "PublicInternetOnly");
    }
    if (type === ENDPOINT_CONFIGURATION) {
      return VARIANTS.flatMap((variants) => openVariants(inputs, variants));
    }
    return unless(flag(inputs, "enableNetworkIsolation") === true || isSet(inputs, "vpcConfig"), {
      property: "vpcConfig",
      got: "nothing",
      want: "subnets of your own, or `enableNetworkIsolation: true`",
    });
  },
});

const VARIANTS = ["productionVariants", "shadowProductionVariants"];

/** A shell on the instances of an endpoint, beside its model and what users send. */
const openVariants = (inputs: Bag, variants: string): Fault[] =>
  bags(inputs, variants).flatMap((variant, index) =>
    unless(flag(variant, "enableSsmAccess") !== true, {
      property: `${variants}[${index}].enableSsmAccess`,
      got: "true",
      want: "false",
    }),
  );
