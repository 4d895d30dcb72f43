/**
 * What may have been short when EAL failed. This is checked afterwards, because EAL itself frees
 * what ended processes left.
 *
 * @module
 */

import type { EalOptions } from "./eal_options.ts";
import { SETUP_HINT } from "../boundary/errors.ts";
import { freeHugepages, hugetlbfsMounts } from "./machine.ts";
import { permits, sizeText } from "./permits.ts";

/** More bytes than a primary takes at its start, unless its options say how much. */
const USUAL_BYTES = 2 * 1024 * 1024;

/** The hint about what hugetlbfs is short of; undefined where it has enough. */
function hugepageHint({ memoryMib }: EalOptions): string | undefined {
  const mounts = hugetlbfsMounts();
  if (mounts.length === 0) return `hugetlbfs is not mounted: ${SETUP_HINT}`;
  const rooms = mounts.map(({ path, pageKib }) => ({
    path,
    pages: freeHugepages(pageKib) * pageKib * 1024,
    limit: permits(path).bytes,
  }));
  if (rooms.every(({ pages }) => pages === 0)) return `no free hugepages: ${SETUP_HINT}`;
  const room = Math.max(...rooms.map(({ pages, limit }) => Math.min(pages, limit)));
  const wanted = memoryMib === undefined ? USUAL_BYTES : memoryMib * 1024 * 1024;
  if (room >= wanted) return undefined;
  const [full] = rooms.filter(({ pages, limit }) => limit < pages);
  const where = full ? `${full.path}, which is limited in size,` : "hugetlbfs";
  return `${where} has room for ${sizeText(room)}, and ${sizeText(wanted)} are wanted`;
}

/** The hint about what EAL may not have got; undefined where nothing is short. */
export function shortageHint(options: EalOptions): string | undefined {
  const hint = options.noHuge ? undefined : hugepageHint(options);
  if (hint) return hint;
  const { addressSpace } = permits("/");
  if (addressSpace < Infinity) return `\`ulimit -v\` is ${sizeText(addressSpace)}`;
  return Deno.uid() === 0 ? undefined : "not root: EAL may lack permissions";
}
