/**
 * What a terminal shows: enough of a VT100 to judge a prompt.
 *
 * @module
 */

/** Size of the terminal. */
export const ROWS = 30;
/** Size of the terminal. */
export const COLUMNS = 60;

/** What is on a screen. */
export interface Screen {
  /** Its lines from the top, without spaces at their ends; none below the last that has text. */
  lines: string[];
  /** Row of the cursor. */
  row: number;
  /** Column of the cursor. */
  column: number;
}

/** Shows all that was written to a terminal, as it is at the end. */
export function render(output: string): Screen {
  const grid: string[][] = Array.from({ length: ROWS }, () => []);
  let row = 0;
  let column = 0;
  const newLine = () => {
    if (++row < ROWS) return;
    grid.shift();
    grid.push([]);
    row = ROWS - 1;
  };
  const put = (character: string) => {
    if (column === COLUMNS) {
      column = 0;
      newLine();
    }
    const line = grid[row] ?? [];
    while (line.length < column) line.push(" ");
    line[column++] = character;
  };
  const clear = (line: number, from: number, to: number) => {
    const cells = grid[line] ?? [];
    for (let i = from; i < Math.min(to, cells.length); i++) cells[i] = " ";
  };
  const control = (parameters: string, command: string) => {
    const [first = 0, second = 0] = parameters.split(";").map(Number);
    const count = Math.max(first, 1);
    if (command === "A") row = Math.max(row - count, 0);
    else if (command === "B") row = Math.min(row + count, ROWS - 1);
    else if (command === "C") column = Math.min(column + count, COLUMNS - 1);
    else if (command === "D") column = Math.max(Math.min(column, COLUMNS - 1) - count, 0);
    else if (command === "G") column = Math.min(count, COLUMNS) - 1;
    else if (command === "H") [row, column] = [count - 1, Math.max(second, 1) - 1];
    else if (command === "K") clear(row, first === 0 ? column : 0, first === 1 ? column : COLUMNS);
    else if (command === "J") {
      if (first !== 0) { for (let i = 0; i < row; i++) clear(i, 0, COLUMNS); }
      clear(row, first === 2 ? 0 : column, COLUMNS);
      for (let i = row + 1; i < ROWS; i++) clear(i, 0, COLUMNS);
    } else if (!"mhl".includes(command)) {
      throw new Error(`the test's terminal does not know ESC [ ${parameters} ${command}`);
    }
  };
  // deno-lint-ignore no-control-regex
  const tokens = output.matchAll(/\x1b\[\??([\d;]*)([A-Za-z])|\x1b[=>78]|./gsu);
  for (const [token, parameters, command] of tokens) {
    if (command !== undefined) control(parameters ?? "", command);
    else if (token === "\r") column = 0;
    else if (token === "\n") newLine();
    else if (token === "\b") column = Math.max(column - 1, 0);
    else if (token >= " ") put(token);
  }
  const lines = grid.map((cells) => cells.join("").trimEnd());
  while (lines.at(-1) === "") lines.pop();
  return { lines, row, column };
}
