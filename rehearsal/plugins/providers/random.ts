import { serveProvider } from "../protocol/provider-service.ts";
import { random } from "./random/provider.ts";

serveProvider(random);
