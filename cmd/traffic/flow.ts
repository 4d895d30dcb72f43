/**
 * The flow that the options of `send` describe. The lcore makes it anew, so this does without what
 * reads options.
 *
 * @module
 */

import { type Flow, type FlowOptions, parseFlow } from "../../ffi/traffic/traffic.ts";
import { refuse } from "../lib/option.ts";

/** What of the options makes the flow. */
export interface SendFlow {
  /** The headers. */
  frame: string;
  /** The sizes. */
  size: string;
  /** The stream of the probes; undefined where the packets are none. */
  stream: number | undefined;
}

/**
 * The flow.
 *
 * @throws {DpdkError} for a frame that is none, or that does not fit the sizes.
 */
export function flowOf({ frame, size: sizes, stream }: SendFlow): Flow {
  const options: FlowOptions = stream === undefined ? { sizes } : { sizes, stream };
  try {
    return parseFlow(frame, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refuse("--frame", "headers as ether/ipv4/udp that fit the sizes", frame, error.message);
  }
}
