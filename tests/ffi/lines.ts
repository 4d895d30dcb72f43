/**
 * Texts to lines.
 *
 * @module
 */

/** Splits a stream of text at its line ends. */
export class TextLineStream extends TransformStream<string, string> {
  /** A stream whose chunks are lines. */
  constructor() {
    let rest = "";
    super({
      transform(text, controller) {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) controller.enqueue(line);
      },
      flush(controller) {
        if (rest) controller.enqueue(rest);
      },
    });
  }
}
