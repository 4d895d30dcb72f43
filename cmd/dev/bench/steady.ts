/**
 * Sending and receiving for long: does a packet come to cost more, does memory grow, is one missing?
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { removeRuntimeFiles } from "../../../ffi/host/runtime.ts";
import { Running } from "./program.ts";
import { type MinuteSeen, minuteText, type SteadyReport } from "./steady/minutes.ts";

/**
 * Sends and receives for so many minutes.
 *
 * @param say is given a line for each of them.
 */
export async function steady(
  minutes: number,
  say: (line: string) => void,
): Promise<SteadyReport> {
  const prefix = `bench${Deno.pid}steady`;
  const script = fileURLToPath(new URL("./steady/main.ts", import.meta.url));
  const seen: MinuteSeen[] = [];
  let text = "";
  const running = new Running(
    { command: Deno.execPath(), args: ["run", "-A", script] },
    [
      "--no-pci",
      "-m",
      "64",
      "--lcores=0@0",
      "--vdev=net_ring0",
      `--file-prefix=${prefix}`,
      "--",
      `${minutes}`,
    ],
    (more) => {
      const lines = (text + more).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const [, json] = /^Minute: (.*)/.exec(line) ?? [];
        if (json === undefined) continue;
        const minute: MinuteSeen = JSON.parse(json);
        say(minuteText(seen.push(minute), minute));
      }
    },
  );
  try {
    const end = await running.says(/^End: .*$/m, (minutes + 2) * 60_000);
    const { missing } = JSON.parse(end.match(/^End: (.*)$/m)?.[1] ?? "");
    return { minutes: seen, missing };
  } finally {
    await running.kill();
    removeRuntimeFiles(prefix);
  }
}
