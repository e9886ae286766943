import type { Profile } from "./inputs/environments/profile.ts";
import type { Settings } from "./inputs/settings.ts";

/** What every layer is made from. Versions of models are not in it: only the workloads layer reads the release. */
export interface Context {
  profile: Profile;
  settings: Settings;
}
