/** Forwards two ports, a direction on each lcore, and prints rates: `-l 0,1` and two ports */
import { Burst, program } from "denodpdk";
import { ether } from "denodpdk/net";
program({
  ports: 2,
  lcore({ pairs, running }) {
    using burst = new Burst(32);
    for (let i = 0; running(); i = (i + 1) % pairs.length) {
      const { rx, tx } = pairs[i]!;
      rx.receive(burst);
      for (let j = 0; j < burst.count; j++) ether.swap(burst.view, burst.offsets[j]!);
      tx.send(burst);
    }
  },
  async main({ ports, every }) {
    for await (const _ of every("1s")) console.table(ports.map((port) => port.rates()));
  },
});
