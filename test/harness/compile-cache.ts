import { enableCompileCache } from "node:module";

// The SDKs are 80 MB of text, which each worker would compile anew. Node takes its variable for processes; a thread asks itself.
enableCompileCache(process.env["NODE_COMPILE_CACHE"]);
