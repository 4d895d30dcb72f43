/**
 * The five samples, as tests start them that treat them alike.
 *
 * @module
 */

import { mpClientArgs } from "./mp_server.ts";
import type { Prefix } from "./prefix.ts";

/** All of them. mp_client needs an mp_server with the same prefix. */
export const ALL_PROGRAMS = [
  "simple_mp",
  "symmetric_mp",
  "mp_server",
  "mp_client",
  "l2fwd_fork",
] as const;

/** One of them. */
export type ProgramName = typeof ALL_PROGRAMS[number];

/** What each prints as soon as all of it runs. */
export const RUNNING: Record<ProgramName, RegExp> = {
  simple_mp: /Starting core 1\n/,
  symmetric_mp: /using queue 0 of each port\n/,
  mp_server: /displaying statistics\n/,
  mp_client: /Press Ctrl-C to quit/,
  l2fwd_fork: /forwards[^]*forwards/,
};

/** The status with which each ends at SIGINT, as its README has it. */
export const INTERRUPTED: Record<ProgramName, number> = {
  simple_mp: 130,
  symmetric_mp: 0,
  mp_server: 0,
  mp_client: 0,
  l2fwd_fork: 0,
};

const PORTS = ["--vdev=net_null0", "--vdev=net_null1"];

/** Arguments with which each runs. */
export function argsOf(prefix: Prefix, name: ProgramName): string[] {
  const eal = (lcores: string, extra: readonly string[] = PORTS) => prefix.eal({ lcores, extra });
  switch (name) {
    case "simple_mp":
      return eal("0@0,1@1", []);
    case "symmetric_mp":
      return [...eal("0@0"), "--", "-p", "3", "--num-procs=1", "--proc-id=0"];
    case "mp_server":
      return [...eal("0@0,1@0"), "--", "-p", "3", "-n", "1", "-T", "0.1"];
    case "mp_client":
      return mpClientArgs(prefix, 0);
    case "l2fwd_fork":
      return [...eal("0@0,1@0,2@1"), "--", "-p", "3", "-T", "0.1"];
  }
}
