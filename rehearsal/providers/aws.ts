import { serveProvider } from "#rehearsal/engine/provider-service";
import { aws } from "#rehearsal/providers/aws/provider";

serveProvider(aws());
