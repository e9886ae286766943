// Copies a model in a process of its own: node copy-process.ts <source> <target> <path> <sha256>

import { copyModel } from "#promotion/artifacts/copy-model";
import { storeAt } from "#promotion/artifacts/store-at";

const [source = "", target = "", path = "", sha256 = ""] = process.argv.slice(2);
const seen = { bytes: 0 };
const done = await copyModel({
  from: await storeAt(source),
  to: await storeAt(target),
  path,
  sha256,
  onProgress: ({ step, bytes }) => {
    if (step === "copy" && bytes - seen.bytes >= 2 ** 20) {
      seen.bytes = bytes;
      console.log(bytes);
    }
  },
});
console.log(JSON.stringify(done));
