// The program behind `pulumi-resource-aws` in a rehearsal.

import { serveProvider } from "../protocol/provider-service.ts";
import { aws } from "./aws/provider.ts";

serveProvider(aws());
