import { serveProvider } from "#rehearsal/engine/provider-service";
import { random } from "#rehearsal/providers/random/provider";

serveProvider(random);
