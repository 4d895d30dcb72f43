/**
 * What is changed in a page of `deno doc --html`: it knows the entries by their files alone.
 *
 * @module
 */

/** An entry of the package. */
export interface Entry {
  /** What programs import: `denodpdk/net`. */
  readonly name: string;
  /** Its module, as `./ffi/net/net.ts`. */
  readonly module: string;
}

/** The path of an entry in the manual: nothing for `denodpdk`, `net/` for `denodpdk/net`. */
function folderOf({ name }: Entry): string {
  const [, folder] = name.split("/");
  return folder ? `${folder}/` : "";
}

/**
 * A finished page.
 *
 * @param root the way from the page to the manual's folder: `../`, or nothing.
 */
export function finishPage(page: string, entries: readonly Entry[], root: string): string {
  const links = entries.map((entry) =>
    `<li><a href="${root}${folderOf(entry)}index.html">${entry.name}</a></li>`
  ).join("");
  page = page
    // "Symbols" lists the first five names of all entries, whatever the page
    .replace(
      /<nav class="topSymbols">[^]*?<\/nav>/,
      `<nav class="topSymbols"><h3>Entries</h3><ul>${links}` +
        `<li><a href="${root}all_symbols.html">all names</a></li></ul></nav>`,
    )
    // the way to a page of the first entry
    .replace(/(<a [^>]*class="contextLink">)default</, "$1denodpdk<");
  for (const entry of entries) {
    const [, folder] = entry.name.split("/");
    const quoted = `&quot;${folder ?? "."}&quot;;`;
    page = page.replaceAll(`from ${quoted}`, `from &quot;${entry.name}&quot;;`);
    if (folder) {
      page = page.replaceAll(
        `<code>${entry.name}</code>`,
        `<a href="${root}${folder}/index.html"><code>${entry.name}</code></a>`,
      );
    }
  }
  return page;
}
