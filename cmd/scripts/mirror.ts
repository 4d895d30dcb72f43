/** Forwards two ports, and writes what matches a filter into a file: `... -- -f "udp" -w FILE` */
import { option, program } from "denodpdk";
import { Filter, PcapWriter } from "denodpdk/pcap";

program({
  about: "Forwards between two ports, and mirrors what matches a filter into a pcapng file.",
  options: {
    filter: option.required("-f", "a filter as tcpdump takes it", option.text),
    path: option.required("-w", "the name of a pcapng file", option.text),
  },
  ports: 2,
  async main({ options: { filter, path }, ports, rx, tx, received }) {
    using wanted = Filter.compile(filter);
    using file = PcapWriter.create(path, { interfaces: ports.map(({ name }) => ({ name })) });
    let mirrored = 0;
    for await (const burst of received()) {
      const from = burst.ports[0] === rx[0].port ? 0 : 1;
      for (const packet of burst) {
        if (!wanted.matches(packet)) continue;
        file.write(packet, { interface: from });
        mirrored++;
      }
      tx[from ^ 1]?.send(burst);
    }
    console.log(`${mirrored} packets mirrored`);
  },
});
