/** Days within which a version needs no new approval to come back. */
export const DAYS_WITHOUT_APPROVAL = 30;
