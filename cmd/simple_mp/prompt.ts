/**
 * The prompt: `node:readline` on a terminal, plain lines where stdin is a pipe or a file.
 *
 * @module
 */

import type { Interface } from "node:readline";
import { write } from "../lib/stdout.ts";

/** A prompt that runs until it is closed or its input ends. */
export interface Prompt {
  /** Whether lines must be printed by {@linkcode Prompt.print}, because the user may be typing. */
  readonly edits: boolean;
  /** Prints a line without disturbing what is being typed. */
  print(line: string): void;
  /** Ends the input, and restores the terminal. */
  close(): void;
}

/** Options of a prompt. */
export interface PromptOptions {
  /** The text before the cursor, without line ends. */
  prompt: string;
  /** Words that the tab key completes. */
  words: readonly string[];
  /** Called with a line of input. The prompt appears again when it returns. */
  onLine(line: string): void;
  /** Called when the input ended: by the end of the file (status 0) or by Ctrl-C (130). */
  onEnd(status: number): void;
}

/** A prompt with history and completion. */
async function terminalPrompt(options: PromptOptions): Promise<Prompt> {
  const { createInterface } = await import("node:readline");
  const { default: process } = await import("node:process");
  const { keyByKey } = await import("./keys.ts");
  const output = Object.create(process.stdout, {
    // readline's own output would wait for a terminal that does not read
    write: {
      value: (text: string) => {
        write(String(text));
        return true;
      },
    },
  });
  const keys = keyByKey(process.stdin);
  const input: Interface & { prevRows?: number } = createInterface({
    input: keys,
    output,
    prompt: options.prompt,
    completer: (line: string) => [
      options.words.filter((word) => word.startsWith(line)).map((word) => `${word} `),
      line,
    ],
  });
  let open = true;
  let prompting = false;
  let status = 0;
  const prompt = () => {
    // an empty line before each prompt, as in the C sample
    write("\n");
    prompting = true;
    input.prompt();
  };
  // while the program was stopped, its shell has put the terminal into a mode of its own
  const resume = () => {
    keys.setRawMode(true);
    if (prompting) input.prompt(true);
  };
  const close = () => {
    if (!open) return;
    open = false;
    process.off("SIGCONT", resume);
    input.close();
    // what comes next begins at the left
    if (prompting) write("\n");
  };
  input.on("line", (line: string) => {
    if (!open) return;
    prompting = false;
    options.onLine(line);
    if (open) prompt();
  });
  input.on("SIGINT", () => {
    status = 130;
    input.close();
  });
  input.on("close", () => {
    if (!open) return;
    close();
    options.onEnd(status);
  });
  process.on("SIGCONT", resume);
  prompt();
  return {
    edits: true,
    print(line) {
      if (!open || !prompting) return write(`${line}\n`);
      // over the rows of the prompt, which comes again below with what was typed
      const { rows } = input.getCursorPos();
      write(`${rows > 0 ? `\x1b[${rows}A` : ""}\r\x1b[J${line}\n`);
      // readline would go up by the rows that were there before
      input.prevRows = 0;
      input.prompt(true);
    },
    close,
  };
}

/** A prompt on a pipe or a file: no editing, and no echo. */
function pipePrompt(options: PromptOptions): Prompt {
  let open = true;
  const prompt = () => write(`\n${options.prompt}`);
  const read = async () => {
    let rest = "";
    for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!open) return;
        options.onLine(line);
        if (open) prompt();
      }
    }
    if (open && rest !== "") options.onLine(rest);
    if (open) options.onEnd(0);
  };
  prompt();
  read().catch(() => open && options.onEnd(0));
  return {
    edits: false,
    print: (line) => write(`${line}\n`),
    close: () => open = false,
  };
}

/** Opens the prompt that suits stdin. */
export async function openPrompt(options: PromptOptions): Promise<Prompt> {
  if (!Deno.stdin.isTerminal()) return pipePrompt(options);
  const { isScreen } = await import("../lib/terminal.ts");
  // a dumb terminal edits lines by itself
  return isScreen("stdout") ? await terminalPrompt(options) : pipePrompt(options);
}
