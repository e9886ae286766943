// The program behind `pulumi-resource-random` in a rehearsal, where the real plugin is not installed.

import { serveProvider } from "../protocol/provider-service.ts";
import { random } from "./random/provider.ts";

serveProvider(random);
