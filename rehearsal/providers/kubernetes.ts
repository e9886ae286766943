import { serveProvider } from "#rehearsal/engine/provider-service";
import { kubernetes } from "#rehearsal/providers/kubernetes/provider";

serveProvider(kubernetes());
