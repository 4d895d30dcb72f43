/**
 * What killed secondaries held, which the C sample never gets back: the primary looks for it as soon
 * as no secondary is left that could hold any.
 *
 * @module
 */

import type { Eal } from "../../ffi/eal.ts";
import type { Mender } from "../../ffi/recovery/mend.ts";
import { type Objects, PRI_2_SEC, SEC_2_PRI } from "./objects.ts";
import type { ParkingPlace } from "./parking.ts";

/** How often the primary looks who lives, in milliseconds. */
const PERIOD = 50;

/** What the care needs to know. */
export interface Care {
  /** This primary. */
  eal: Eal;
  /** What is shared. */
  objects: Objects;
  /** Finishes what they began. */
  mender: Mender;
  /** Where its receiving lcores can be parked. */
  place: ParkingPlace;
  /** How many there are. */
  lcores: number;
  /** Called with the number of messages found. */
  onFound: (count: number) => void;
}

/**
 * Looks after what is shared until disposal. Elements that are nowhere while no other process lives
 * and this one's lcores hold nothing are lost for good, so it is safe to give them back whoever
 * comes meanwhile.
 */
export function careForPool({ eal, objects, mender, place, lcores, onFound }: Care): Disposable {
  let had = false;
  let busy = false;
  const audit = () => {
    objects.pool.audit({
      rings: [PRI_2_SEC, SEC_2_PRI],
      repair: ({ lost, strangers }) => {
        // somebody who came during the look may have taken what was not found
        if (eal.secondaries().length > 0) return false;
        had = false;
        if (lost > 0 || strangers > 0) onFound(lost);
        return lost > 0 || strangers > 0;
      },
    });
  };
  const look = async () => {
    // one that was killed has left its socket
    const killed = eal.buryDead() > 0;
    const alive = eal.secondaries().length > 0;
    had = killed || alive || had;
    if (alive || !had || !await mender.settled()) return;
    await place.whileParked(lcores, audit);
  };
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    await look();
    busy = false;
  }, PERIOD);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
