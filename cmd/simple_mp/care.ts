/**
 * What a killed secondary leaves: elements that the C sample never gets back, and at worst a ring
 * half-way in an update. A secondary that comes mends the rings, and the primary looks for the
 * elements as soon as no secondary is left that could hold any.
 *
 * @module
 */

import type { Eal } from "../../ffi/eal.ts";
import { type Objects, PRI_2_SEC, SEC_2_PRI } from "./objects.ts";
import type { ParkingPlace } from "./parking.ts";

/**
 * A secondary that is the only one is the only user of its sides of the rings, so it can mend what
 * one before it left, while the primary goes on.
 */
export function mendRings(eal: Eal, { sendRing, recvRing }: Objects): void {
  if (eal.secondaries().length > 0) return;
  sendRing.repair("producer");
  recvRing.repair("consumer");
}

/** How often the primary looks who lives, in milliseconds. */
const PERIOD = 50;

/** How often in a row a ring must be found half-way, a millisecond apart, to be so for good. */
const SAMPLES = 10;

/** What the care needs to know. */
export interface Care {
  /** This primary. */
  eal: Eal;
  /** What is shared. */
  objects: Objects;
  /** Where its receiving lcores can be parked. */
  place: ParkingPlace;
  /** How many there are. */
  lcores: number;
  /** Called with the number of messages found. */
  onFound: (count: number) => void;
}

/** Whether anything shared stays in the middle of an update, as a killed process leaves it. */
async function staysTorn({ pool, sendRing, recvRing }: Objects): Promise<boolean> {
  for (let i = 0; i < SAMPLES; i++) {
    if (!pool.torn && !sendRing.torn && !recvRing.torn) return false;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return true;
}

/**
 * Looks after what is shared until disposal.
 *
 * Our processes look whether pool and ring are torn before they call them, so once one stays torn,
 * nobody is inside a call on it, and it can be mended while others live. Elements that are nowhere
 * while no other process lives and this one's lcores hold nothing are lost for good, so it is safe
 * to give them back whoever comes meanwhile.
 */
export function careForPool({ eal, objects, place, lcores, onFound }: Care): Disposable {
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
  let killed = false;
  const look = async () => {
    // one that was killed has left its socket
    killed = eal.buryDead() > 0 || killed;
    if (killed && await staysTorn(objects)) {
      objects.pool.repair();
      for (const ring of [objects.sendRing, objects.recvRing]) {
        ring.repair("producer");
        ring.repair("consumer");
      }
    }
    const alive = eal.secondaries().length > 0;
    had = killed || alive || had;
    killed = false;
    if (!alive && had) await place.whileParked(lcores, audit);
  };
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    await look();
    busy = false;
  }, PERIOD);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
