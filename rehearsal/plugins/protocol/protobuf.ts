// Google's general messages, in the copy that the SDK's own messages were generated for.

import { createRequire } from "node:module";

// The copy that the SDK's own messages were made for: those of another version do not fit inside them.
const require = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));

/** `google.protobuf.Empty`. */
export const { Empty }: { Empty: any } = require("google-protobuf/google/protobuf/empty_pb.js");

/** `google.protobuf.Struct`. */
export const { Struct }: { Struct: any } = require("google-protobuf/google/protobuf/struct_pb.js");
