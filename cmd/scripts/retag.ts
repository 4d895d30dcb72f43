/** Forwards between two ports and changes a VLAN: `retag.ts --vdev=... --vdev=... -- -f 5 -t 7` */
import { Burst, option, program } from "denodpdk";
import { ether, vlan } from "denodpdk/net";

const id = option.integer(0, 4095);

program({
  about: "Forwards between pairs of ports, and gives packets of one VLAN the id of another.",
  options: {
    from: option.required("-f", "the VLAN id of packets that come, 0 to 4095", id),
    to: option.required("-t", "the VLAN id that they get, 0 to 4095", id),
  },
  lcore({ pairs, running, options: { from, to } }) {
    using burst = new Burst(32);
    for (let i = 0; running(); i = (i + 1) % pairs.length) {
      const { rx, tx } = pairs[i]!;
      rx.receive(burst);
      const { view, offsets } = burst;
      for (let j = 0; j < burst.count; j++) {
        const at = offsets[j]!;
        const tag = at + ether.SIZE;
        if (ether.type(view, at) !== ether.VLAN || vlan.id(view, tag) !== from) continue;
        vlan.setId(view, tag, to);
      }
      tx.send(burst);
    }
  },
});
