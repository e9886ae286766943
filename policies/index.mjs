// What Pulumi loads. It always puts its own TypeScript 3.8 before a pack whose main file ends in `.ts`, whatever `PulumiPolicy.yaml`
// says; imported from here, Node strips the types itself.
import * as nodeModule from "node:module";

const [major] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(`the policy pack needs Node 24, this is ${process.version}: put a newer one first on PATH`);
  process.exit(1);
}
// The SDK is megabytes of text, and most of the time until the pack serves.
nodeModule.enableCompileCache();
void import("./index.ts");
