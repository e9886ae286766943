import type { Profile } from "./inputs/environments/profile.ts";
import type { Release } from "./inputs/release.ts";
import type { Settings } from "./inputs/settings.ts";

/** What every layer is made from. */
export interface Context {
  profile: Profile;
  settings: Settings;
  release: Release;
}
