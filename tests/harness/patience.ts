/** How long anything may take, in milliseconds; far more than it does, even on a busy machine. */
export const PATIENCE = 60_000;
