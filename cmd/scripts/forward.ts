/** Forwards two ports, with another address: `forward.ts --vdev=net_tap0 --vdev=net_tap1` */
import { Burst, Port, program } from "denodpdk";

program({
  ports: 2,
  lcores: {
    forward({ running }) {
      const rx = [0, 1].map((port) => Port.attach(port).rxQueue(0));
      const tx = [1, 0].map((port) => Port.attach(port).txQueue(0));
      using burst = new Burst(32);
      for (let i = 0; running(); i ^= 1) {
        rx[i]!.receive(burst);
        for (let j = 0; j < burst.count; j++) burst.view.setUint8(burst.offsets[j]! + 5, i);
        tx[i]!.send(burst);
      }
    },
  },
  main: ({ lcores: [lcore] }) => lcore.run("forward"),
});
