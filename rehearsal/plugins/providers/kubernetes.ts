// The program behind `pulumi-resource-kubernetes` in a rehearsal, where the real plugin is not installed.

import { serveProvider } from "../protocol/provider-service.ts";
import { kubernetes } from "./kubernetes/provider.ts";

serveProvider(kubernetes());
