// The file that Pulumi loads. For a main file in `.ts` Pulumi would use its own TypeScript 3.8, whatever `PulumiPolicy.yaml` says. From
// here, Node imports TypeScript and strips the types itself.
import * as nodeModule from "node:module";

const [major] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `the policy pack needs Node 24 or newer, got ${process.version}: put Node 24 first on PATH (\`npm ci\` in the Millrace repository installs it in node_modules/.bin)`,
  );
  process.exit(1);
}
// The SDK is several megabytes; compiling it takes most of the time until the pack serves.
nodeModule.enableCompileCache();
void import("./index.ts");
