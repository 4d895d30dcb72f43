/**
 * What an EAL knows: its options, and how many lcores it was built for. EAL itself has told it when
 * the shim was built, see `ffi/shim/eal_table.c`; the record goes with the shim, and with compiled
 * programs.
 *
 * @module
 */

/**
 * An option: its letter and its long name, "" where it has none; whether it takes a value, 0 no, 1
 * yes, 2 perhaps; 1 where it may be repeated.
 */
export type EalOption = readonly [letter: string, name: string, takes: 0 | 1 | 2, many: 0 | 1];

/** What an EAL knows. */
export interface EalTable {
  /** How many lcores it has at most: `RTE_MAX_LCORE`. */
  lcores: number;
  /** All options that it takes. */
  options: readonly EalOption[];
}
