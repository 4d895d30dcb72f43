/** EAL's shared locks forget holders that are dead. */

import { assertEquals } from "../../assert.ts";
import { initTestEal, PREFIX, test } from "../eal.ts";
import { processEnd } from "../../../ffi/supervise/supervise.ts";
import { Peer } from "../peer.ts";

const eal = initTestEal("0@0");

// the library that the shim uses as well, whatever its version is
const [library = ""] =
  Deno.readTextFileSync("/proc/self/maps").match(/\/\S*\/librte_eal\.so[.\d]*/) ?? [];
const { symbols: native } = Deno.dlopen(library, {
  rte_mcfg_mem_read_lock: { parameters: [], result: "void" },
  rte_mcfg_mem_read_unlock: { parameters: [], result: "void" },
  rte_mcfg_mem_write_lock: { parameters: [], result: "void" },
  rte_mcfg_mem_write_unlock: { parameters: [], result: "void" },
  rte_mcfg_tailq_read_lock: { parameters: [], result: "void" },
  rte_mcfg_mempool_read_lock: { parameters: [], result: "void" },
});

test("readers that stay are forgotten, each of them", async () => {
  assertEquals(await eal.forgetDeadHolders(), 0);
  native.rte_mcfg_mem_read_lock();
  native.rte_mcfg_mem_read_lock();
  native.rte_mcfg_tailq_read_lock();
  native.rte_mcfg_mempool_read_lock();
  assertEquals(await eal.forgetDeadHolders(), 4);
  assertEquals(await eal.forgetDeadHolders(), 0);
  // who would have waited for ever
  native.rte_mcfg_mem_write_lock();
  native.rte_mcfg_mem_write_unlock();
});

test("a writer that stays is forgotten, when those that may live have ended", async () => {
  native.rte_mcfg_mem_write_lock();
  let ended = 0;
  const endDoubtful = () => {
    ended++;
    return Promise.resolve();
  };
  assertEquals(await eal.forgetDeadHolders({ endDoubtful }), 1);
  native.rte_mcfg_mem_read_lock();
  native.rte_mcfg_mem_read_unlock();
  assertEquals([await eal.forgetDeadHolders({ endDoubtful }), ended], [0, 1]);
});

test("a lock that was given back when those that may live have ended is left alone", async () => {
  native.rte_mcfg_mem_read_lock();
  const endDoubtful = () => {
    native.rte_mcfg_mem_read_unlock();
    return Promise.resolve();
  };
  assertEquals(await eal.forgetDeadHolders({ endDoubtful }), 0);
  native.rte_mcfg_mem_write_lock();
  native.rte_mcfg_mem_write_unlock();
});

test("a living process keeps what it holds, stopped or not, until it ends", async () => {
  await using holder = new Peer("lock_holder", [PREFIX, library]);
  assertEquals(await holder.next(), "held");
  const waits: number[] = [];
  const onWait = (pids: readonly number[]) => void waits.push(...pids);
  assertEquals(await eal.forgetDeadHolders({ onWait }), 0);
  Deno.kill(holder.pid, "SIGSTOP");
  assertEquals(await eal.forgetDeadHolders({ onWait }), 0);
  assertEquals(waits, [holder.pid, holder.pid]);
  Deno.kill(holder.pid, "SIGKILL");
  await processEnd(holder.pid);
  assertEquals(await eal.forgetDeadHolders({ onWait }), 1);
  native.rte_mcfg_mem_write_lock();
  native.rte_mcfg_mem_write_unlock();
});

test("one of ours that is known to hold none is not asked", async () => {
  await using holder = new Peer("lock_holder", [PREFIX, library]);
  assertEquals(await holder.next(), "held");
  // this one is dead
  native.rte_mcfg_tailq_read_lock();
  assertEquals(await eal.forgetDeadHolders({ outside: () => [holder.pid] }), 2);
  Deno.kill(holder.pid, "SIGKILL");
});

test("nobody is forgotten while a process starts", async () => {
  native.rte_mcfg_mem_read_lock();
  assertEquals(await eal.forgetDeadHolders({ stillValid: () => false }), 0);
  assertEquals(await eal.forgetDeadHolders(), 1);
});

test("a primary ends although a reader is dead", () => {
  // the cleanup after this test would wait for ever
  native.rte_mcfg_mem_read_lock();
});
