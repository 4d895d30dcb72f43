/**
 * The options of an EAL, and how many lcores it was built for. EAL itself told them when the shim
 * was built, see `ffi/shim/eal_table.c`; they are kept beside the shim, and in compiled programs.
 *
 * @module
 */

/**
 * An option: its letter and its long name, "" where it has none; whether it takes a value, 0 no, 1
 * yes, 2 perhaps; 1 where it may be repeated.
 */
export type EalOption = readonly [letter: string, name: string, takes: 0 | 1 | 2, many: 0 | 1];

/** The options of an EAL, and its number of lcores. */
export interface EalTable {
  /** The most lcores that it can have: `RTE_MAX_LCORE`. */
  lcores: number;
  /** All options that it takes. */
  options: readonly EalOption[];
}
