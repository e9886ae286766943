import { PolicyPack } from "@pulumi/policy";

new PolicyPack("none", {
  policies: [{ name: "none", description: "Finds nothing.", enforcementLevel: "advisory", validateResource: () => {} }],
});
