/** What a thread says that reads packets without the packet room. */

import { packetReader } from "../../../ffi/mbuf/reader.ts";
import { assertEquals, assertThrows } from "../../assert.ts";
import { DpdkError } from "../../../ffi/boundary/errors.ts";

Deno.test("a thread that has loaded nothing that reads headers says what to import", async () => {
  const error = assertThrows(() => packetReader(), DpdkError);
  assertEquals([error.code, error.hint], ["ENOTSUP", 'import "denodpdk"']);
  await import("../../../ffi/mbuf/readable_packet.ts");
  assertEquals(typeof packetReader().parse, "function");
});
