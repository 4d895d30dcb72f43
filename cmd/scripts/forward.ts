/** Forwards between two ports and swaps addresses: `forward.ts --vdev=net_tap0 --vdev=net_tap1` */
import { Burst, program } from "denodpdk";
import { ether } from "denodpdk/net";
program({
  lcore({ pairs, running }) {
    using burst = new Burst(32);
    for (let i = 0; running(); i = (i + 1) % pairs.length) {
      const { rx, tx } = pairs[i]!;
      rx.receive(burst);
      for (let j = 0; j < burst.count; j++) ether.swap(burst.view, burst.offsets[j]!);
      tx.send(burst);
    }
  },
});
