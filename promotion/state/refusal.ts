/** Something that only a person can decide, or find out. What was done before stays done; nothing else was changed. */
export class NotRecovered extends Error {}

/** Somebody holds the lock of a state, or may still. Nothing was changed. */
export class StateHeld extends NotRecovered {}
