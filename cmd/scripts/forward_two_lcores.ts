/** Forwards two ports, a direction on each lcore, and prints rates: `-l 0,1` and two ports */
import { Burst, program } from "denodpdk";

program({
  ports: 2,
  lcores: {
    forward({ rx, tx, running }) {
      using burst = new Burst(32);
      while (running()) {
        rx.receive(burst);
        for (let i = 0; i < burst.count; i++) burst.view.setUint8(burst.offsets[i]! + 5, rx.port);
        tx.send(burst);
      }
    },
  },
  async main({ ports: [left, right], lcores: [first, second], every }) {
    first.run("forward", { rx: left.rxQueue(0), tx: right.txQueue(0) });
    second?.run("forward", { rx: right.rxQueue(0), tx: left.txQueue(0) });
    for await (const _ of every("1s")) console.table([left.rates(), right.rates()]);
  },
});
