/** One signal that comes twice is one: `timeout` sends it to the process and to its group. */

import { assert, assertEquals } from "../assert.ts";
import {
  ALL_PROGRAMS,
  endByTwoSignals,
  INTERRUPTED,
  type Phase,
  type Prefix,
  type ProgramName,
  startMpServer,
  testPrefix,
  until,
} from "../harness.ts";

/** Moments in each part of a program's life, in milliseconds from its begin. */
const MOMENTS: Record<Phase, readonly number[]> = {
  start: [40, 80, 110, 140, 180, 240],
  run: [0],
  end: [0, 10, 30],
};

/** The sockets of secondaries in the runtime folder. */
function sockets(prefix: Prefix): string[] {
  const [folder] = prefix.files().filter((path) => path.endsWith(`/${prefix.name}`));
  if (folder === undefined) return [];
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => /^mp_socket_\d/.test(name));
}

async function endsWell(prefix: Prefix, name: ProgramName, phase: Phase, delay: number) {
  const { end: { code }, ran, stderr } = await endByTwoSignals(prefix, name, phase, delay);
  const when = `${name}, ${delay} ms after its ${phase}: status ${code}, ${stderr}`;
  // the kernel may deliver the SIGINTs before the SIGTERM that was sent first
  const wanted = phase === "end" ? [143, INTERRUPTED[name]] : [INTERRUPTED[name]];
  // before it runs, it ends as any program does
  assert(wanted.includes(code) || (!ran && code === 130), when);
}

for (const name of ALL_PROGRAMS) {
  Deno.test(`${name}: two SIGINT at once leave nothing behind, at any moment`, async () => {
    await using prefix = testPrefix();
    const server = name === "mp_client" ? await startMpServer(prefix) : undefined;
    for (const phase of ["start", "run", "end"] as const) {
      for (const delay of MOMENTS[phase]) {
        await endsWell(prefix, name, phase, delay);
        // one that is ended in its work leaves its socket to the server, which settles its caches
        if (server) await until(() => sockets(prefix).length === 0, `${name}'s socket to go`);
        else assertEquals(prefix.files(), [], `${name}, ${delay} ms after its ${phase}`);
      }
    }
    if (!server) return;
    assertEquals((await server.process.endBy(() => server.process.kill("SIGINT"))).code, 0);
    assertEquals(prefix.files(), []);
  });
}
