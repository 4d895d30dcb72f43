/** EAL's shared locks forget readers that are dead. */

import { assertEquals } from "../assert.ts";
import { initTestEal, test } from "./eal.ts";

const eal = initTestEal("0@0");

// the library that the shim uses as well
const { symbols: native } = Deno.dlopen("librte_eal.so.23", {
  rte_mcfg_mem_read_lock: { parameters: [], result: "void" },
  rte_mcfg_mem_read_unlock: { parameters: [], result: "void" },
  rte_mcfg_mem_write_lock: { parameters: [], result: "void" },
  rte_mcfg_mem_write_unlock: { parameters: [], result: "void" },
  rte_mcfg_tailq_read_lock: { parameters: [], result: "void" },
  rte_mcfg_mempool_read_lock: { parameters: [], result: "void" },
});

test("readers that stay are forgotten, each of them", async () => {
  assertEquals(await eal.forgetDeadReaders(), 0);
  native.rte_mcfg_mem_read_lock();
  native.rte_mcfg_mem_read_lock();
  native.rte_mcfg_tailq_read_lock();
  native.rte_mcfg_mempool_read_lock();
  assertEquals(await eal.forgetDeadReaders(), 4);
  assertEquals(await eal.forgetDeadReaders(), 0);
  // who would have waited for ever
  native.rte_mcfg_mem_write_lock();
  native.rte_mcfg_mem_write_unlock();
});

test("readers that go are not", async () => {
  native.rte_mcfg_mem_read_lock();
  const forgotten = eal.forgetDeadReaders();
  await new Promise((resolve) => setTimeout(resolve, 50));
  native.rte_mcfg_mem_read_unlock();
  assertEquals(await forgotten, 0);
});

test("nobody is forgotten while a process starts", async () => {
  native.rte_mcfg_mem_read_lock();
  assertEquals(await eal.forgetDeadReaders(() => false), 0);
  assertEquals(await eal.forgetDeadReaders(), 1);
});

test("a primary ends although a reader is dead", () => {
  // the cleanup after this test would wait for ever
  native.rte_mcfg_mem_read_lock();
});
