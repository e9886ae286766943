import { serveProvider } from "../protocol/provider-service.ts";
import { kubernetes } from "./kubernetes/provider.ts";

serveProvider(kubernetes());
