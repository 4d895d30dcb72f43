/**
 * The statistics, `do_stats_display` of the C sample: its table on a terminal, one line elsewhere.
 *
 * @module
 */

import { Port } from "../../../ffi/port_core.ts";
import { isScreen } from "../../lib/terminal.ts";
import { say } from "../../lib/stdout.ts";
import type { ClientStats } from "./client_stats.ts";
import type { PortInfo } from "../shared/common.ts";

/** Clears the screen and goes to its top left. */
const CLEAR = "\x1b[2J\x1b[1;1H";

/** Number of notices that stay visible below the table. */
const NOTICES = 5;

/** Where the statistics come from. */
export interface Sources {
  /** The shared counters. */
  info: PortInfo;
  /** The server's own counters. */
  stats: ClientStats;
  /** How many clients there can be. */
  clients: number;
  /** Whether a client is being fed. */
  isFed(client: number): boolean;
}

/** The packets of one port. */
interface PortRow {
  port: number;
  mac: string;
  rx: number;
  tx: number;
}

/** The packets of one client. */
interface ClientRow {
  client: number;
  fed: boolean;
  rx: number;
  rxDrop: number;
  tx: number;
  txDrop: number;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Shows the statistics, and what there is to say between them. */
export class Statistics {
  readonly #sources: Sources;
  readonly #ports: readonly { port: number; mac: string }[];
  readonly #terminal = isScreen("stdout");
  readonly #notices: string[] = [];
  #started = false;

  /** Statistics of these counters. */
  constructor(sources: Sources) {
    this.#sources = sources;
    this.#ports = sources.info.ports.map((port) => ({ port, mac: Port.attach(port).mac }));
  }

  /** Prints a notice. */
  say(line: string): void {
    say(line);
    if (!this.#terminal) return;
    this.#notices.push(line);
    if (this.#notices.length > NOTICES) this.#notices.shift();
  }

  /** Shows the statistics as they are now. */
  show(): void {
    if (!this.#terminal) return say(this.#line());
    this.#started = true;
    const notices = this.#notices.map((notice) => `${notice}\n`).join("");
    say(`${CLEAR}${this.#table()}${notices}`);
  }

  /** Shows the statistics for the last time, below the table that is on the screen. */
  showLast(): void {
    if (!this.#terminal || this.#started) return this.show();
    say(this.#table());
  }

  #portRows(): PortRow[] {
    const { info, clients } = this.#sources;
    const sent = Array.from({ length: clients }, (_, client) => info.tx(client));
    return this.#ports.map(({ port, mac }, index) => ({
      port,
      mac,
      rx: info.rx.get(index),
      tx: sum(sent.map((counters) => counters.get(port))),
    }));
  }

  #clientRows(): ClientRow[] {
    const { info, stats, clients, isFed } = this.#sources;
    return Array.from({ length: clients }, (_, client) => {
      const [tx, txDrop] = [info.tx(client), info.txDrop(client)];
      return {
        client,
        fed: isFed(client),
        rx: stats.rx(client),
        rxDrop: stats.rxDrop(client),
        tx: sum(this.#ports.map(({ port }) => tx.get(port))),
        txDrop: sum(this.#ports.map(({ port }) => txDrop.get(port))),
      };
    });
  }

  #table(): string {
    const n = (value: number) => String(value).padStart(9);
    const ports = this.#portRows();
    return [
      "PORTS",
      "-----",
      ports.map(({ port, mac }) => `Port ${port}: '${mac}'\t`).join(""),
      "",
      ...ports.map(({ port, rx, tx }) => `Port ${port} - rx: ${n(rx)}\ttx: ${n(tx)}`),
      "",
      "CLIENTS",
      "-------",
      ...this.#clientRows().map(({ client, fed, rx, rxDrop, tx, txDrop }) =>
        `Client ${String(client).padStart(2)} - rx: ${n(rx)}, rx_drop: ${n(rxDrop)}` +
        `${fed ? "" : " (away)"}\n            tx: ${n(tx)}, tx_drop: ${n(txDrop)}`
      ),
      "",
      "",
    ].join("\n");
  }

  #line(): string {
    return [
      ...this.#portRows().map(({ port, rx, tx }) => `Port ${port} rx ${rx} tx ${tx}`),
      ...this.#clientRows().map(({ client, fed, rx, rxDrop, tx, txDrop }) =>
        `Client ${client}${fed ? "" : " (away)"} rx ${rx} rx_drop ${rxDrop} ` +
        `tx ${tx} tx_drop ${txDrop}`
      ),
    ].join("; ");
  }
}
