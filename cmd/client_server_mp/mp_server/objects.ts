/**
 * What the server creates for its clients, as `init.c` of the C sample names and sizes it.
 *
 * @module
 */

import {
  createPktmbufPool,
  type Mempool,
  Memzone,
  Ring,
  RingFlags,
} from "../../../ffi/port_core.ts";
import { say } from "../../lib/stdout.ts";
import { MZ_PORT_INFO, PKTMBUF_POOL_NAME, PortInfo, rxQueueName } from "../shared/common.ts";

const MBUF_CACHE_SIZE = 512;
const DESCRIPTORS = 1024;
const CLIENT_QUEUE_RINGSIZE = 128;

/** The memzone that tells clients the ports. Nobody disposes of it: clients may outlive the server. */
export function createPortInfo(ports: readonly number[], socket: number): PortInfo {
  const info = new PortInfo(Memzone.reserve(MZ_PORT_INFO, PortInfo.bytes, { socket }).buffer);
  info.start(ports);
  return info;
}

/** The pool of all packets. */
export function createPool(ports: number, clients: number, socket: number): Mempool {
  const forServer = DESCRIPTORS * ports;
  const forClients = clients * (CLIENT_QUEUE_RINGSIZE + DESCRIPTORS * ports);
  const count = forServer + forClients + (clients + 1) * MBUF_CACHE_SIZE;
  say(`Creating mbuf pool '${PKTMBUF_POOL_NAME}' [${count} mbufs] ...`);
  return createPktmbufPool(PKTMBUF_POOL_NAME, count, { cacheSize: MBUF_CACHE_SIZE, socket });
}

/** A ring for each client, with one producer and one consumer. */
export function createRings(clients: number, socket: number): void {
  const flags = RingFlags.SP_ENQ | RingFlags.SC_DEQ;
  for (let client = 0; client < clients; client++) {
    Ring.create(rxQueueName(client), CLIENT_QUEUE_RINGSIZE, { socket, flags });
  }
}
