import type { Profile } from "./environments/profile.ts";
import type { Release } from "./release.ts";
import type { Settings } from "./settings.ts";

/** What every layer is made from. */
export interface Context {
  profile: Profile;
  settings: Settings;
  release: Release;
}
