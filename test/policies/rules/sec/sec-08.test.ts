import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const closed = { directInternetAccess: "Disabled", rootAccess: "Disabled", subnetId: "subnet-1" };
const NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance";

describeRule("SEC-08", [
  {
    layer: "foundation",
    what: "a notebook as AWS makes it, with root",
    add: { type: NOTEBOOK, name: "lab", inputs: { ...closed, rootAccess: undefined } },
    says: "foundation-prod/lab: 'rootAccess' must be Disabled, got 'Enabled, as AWS sets it'",
    unknown: "rootAccess",
  },
  {
    layer: "foundation",
    what: "a notebook with a way to the internet",
    add: { type: NOTEBOOK, name: "lab", inputs: { ...closed, directInternetAccess: "Enabled" } },
    says: "foundation-prod/lab: 'directInternetAccess' must be Disabled, got 'Enabled'",
  },
]);

describe("SEC-08", () => {
  const domain = (inputs: object) => found("SEC-08", of("aws:sagemaker/domain:Domain", "d", inputs));
  const model = (inputs: object) => found("SEC-08", of("aws:sagemaker/model:Model", "m", inputs));

  it("accepts notebooks, studios and models in networks", () => {
    expect(found("SEC-08", of(NOTEBOOK, "n", closed))).toEqual([]);
    expect(domain({ appNetworkAccessType: "VpcOnly" })).toEqual([]);
    expect(model({ vpcConfig: { subnets: ["subnet-1"], securityGroupIds: ["sg-1"] } })).toEqual([]);
    expect(model({ enableNetworkIsolation: "true" })).toEqual([]);
  });

  it("refuses those that AWS runs in its own network", () => {
    expect(found("SEC-08", of(NOTEBOOK, "n", {}))).toHaveLength(3);
    expect(domain({})).toEqual(["appNetworkAccessType: PublicInternetOnly, as AWS sets it"]);
    expect(model({ enableNetworkIsolation: false })).toEqual(["vpcConfig: nothing"]);
  });

  it("refuses a shell on the instances of an endpoint", () => {
    const configuration = (inputs: object) =>
      found("SEC-08", of("aws:sagemaker/endpointConfiguration:EndpointConfiguration", "c", inputs));
    expect(configuration({ productionVariants: [{ enableSsmAccess: false }, {}] })).toEqual([]);
    expect(configuration({ productionVariants: [{}, { enableSsmAccess: true }] })).toEqual([
      "productionVariants[1].enableSsmAccess: true",
    ]);
    expect(configuration({ shadowProductionVariants: [{ enableSsmAccess: "true" }] })).toEqual([
      "shadowProductionVariants[0].enableSsmAccess: true",
    ]);
  });
});
