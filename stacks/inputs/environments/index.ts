import { dev } from "./dev.ts";
import { prod } from "./prod.ts";
import type { EnvironmentName, Profile } from "./profile.ts";
import { staging } from "./staging.ts";

export const profiles: Record<EnvironmentName, Profile> = { dev, staging, prod };
