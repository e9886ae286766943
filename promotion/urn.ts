/** What the URN of a resource begins with. */
export const URN = /^urn:pulumi:\S+$/;

/** What a text must be that is none. */
export const URN_RULE = "must be the URN of a resource, urn:pulumi:…";
