/**
 * Makes modules ready while a script runs: those that it names by computed names.
 *
 * @module
 */

import { ScriptGraph } from "./graph.ts";
import { storeLate } from "./store.ts";
import { setPreparer } from "./thread.ts";

setPreparer((url, ready) => storeLate(new ScriptGraph(url, ready)));
