/**
 * What makes a shell complete the words behind `denodpdk`: commands, their options, and files.
 *
 * @module
 */

import type { CommandOptions, Documented } from "./options.ts";

/** A command, as shells show it. */
export interface CompletedCommand extends CommandOptions {
  name: string;
  /** What it does, in a line. */
  summary: string;
}

/** What a user can write in place of a command. */
const GENERAL: readonly Documented[] = [
  { flag: "help", text: "print a command's --help" },
  { flag: "--help", text: "what denodpdk is" },
  { flag: "--version", text: "the versions of denodpdk and DPDK" },
];

/** What can be written first, with what it does. */
function firstWords(commands: readonly CompletedCommand[]): Documented[] {
  return [...commands.map(({ name, summary }) => ({ flag: name, text: summary })), ...GENERAL];
}

/** A text between single quotes, for bash and zsh. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A text between single quotes, for fish. */
const fishQuoted = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;

/** Flags of a list, with spaces between. */
const flags = (options: readonly Documented[]) => options.map(({ flag }) => flag).join(" ");

/** For bash; it needs nothing of the package bash-completion. */
function bash(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const cases = commands.map(({ name, before, after }) =>
    `    ${name}) before=${quoted(flags(before))} after=${quoted(flags(after))} ;;`
  );
  return `# completion of denodpdk for bash
_denodpdk() {
  local word=\${COMP_WORDS[COMP_CWORD]} before= after= words i
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(flags(firstWords(commands)))} -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
    help)
      ((COMP_CWORD == 2)) && COMPREPLY=($(compgen -W ${quoted(names)} -- "$word"))
      return
      ;;
${cases.join("\n")}
  esac
  words=$before
  for ((i = 2; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -- ]] && words=$after
  done
  # anything else is completed as a file
  [[ $word == -* ]] && COMPREPLY=($(compgen -W "$words" -- "$word"))
  [[ \${COMPREPLY[0]-} == *= ]] && compopt -o nospace
  return 0
}
complete -o default -o bashdefault -F _denodpdk denodpdk
`;
}

/** A list of words with their texts, as `_describe` of zsh takes them. */
function zshList(options: readonly Documented[]): string {
  const entries = options.map(({ flag, text }) => quoted(`${flag.replaceAll(":", "\\:")}:${text}`));
  return `(${entries.join(" ")})`;
}

/** For zsh, to be read by a shell or from a folder of `fpath`. */
function zsh(commands: readonly CompletedCommand[]): string {
  const isOpen = ({ flag }: Documented) => flag.endsWith("=");
  const lists = (options: readonly Documented[]) =>
    `options=${zshList(options.filter((option) => !isOpen(option)))} open=${
      zshList(options.filter(isOpen))
    }`;
  const cases = commands.map(({ name, before, after }) =>
    `    ${name})
      ${lists(before)}
      (( own )) && ${lists(after).replace(" open=", " && open=")}
      ;;`
  );
  return `#compdef denodpdk
# completion of denodpdk for zsh
_denodpdk() {
  local -a commands options open
  local own=0
  if (( CURRENT == 2 )); then
    commands=${zshList(firstWords(commands))}
    _describe -t commands command commands
    return
  fi
  (( \${words[(I)--]} > 0 && \${words[(I)--]} < CURRENT )) && own=1
  case $words[2] in
    help)
      commands=${zshList(commands.map(({ name, summary }) => ({ flag: name, text: summary })))}
      (( CURRENT == 3 )) && _describe -t commands command commands
      return
      ;;
${cases.join("\n")}
  esac
  if [[ $words[CURRENT] == -* ]]; then
    _describe -o option options -- open -S ''
  else
    _files
  fi
}
if [[ $funcstack[1] == _denodpdk ]]; then _denodpdk "$@"; else compdef _denodpdk denodpdk; fi
`;
}

/** For fish. */
function fish(commands: readonly CompletedCommand[]): string {
  const line = (condition: string, flag: string, text: string) =>
    `complete -c denodpdk -n ${fishQuoted(condition)} -a ${fishQuoted(flag)} -d ${
      fishQuoted(text)
    }`;
  const first = firstWords(commands).map(({ flag, text }) =>
    line("__denodpdk_words 1", flag, text)
  );
  const names = commands.map(({ name, summary }) => line("__denodpdk_words 2 help", name, summary));
  const options = commands.flatMap(({ name, before, after }) => [
    ...before.map(({ flag, text }) => line(`__denodpdk_before ${name}`, flag, text)),
    ...after.map(({ flag, text }) => line(`__denodpdk_after ${name}`, flag, text)),
  ]);
  return `# completion of denodpdk for fish
function __denodpdk_words
  set -l words (commandline -opc)
  test (count $words) -eq $argv[1]; or return
  test (count $argv) -eq 1; or test "$words[2]" = $argv[2]
end
function __denodpdk_option
  string match -q -- '-*' (commandline -ct); or return
  set -l words (commandline -opc)
  test (count $words) -ge 2; and test $words[2] = $argv[1]
end
function __denodpdk_before
  __denodpdk_option $argv[1]; and not contains -- -- (commandline -opc)
end
function __denodpdk_after
  __denodpdk_option $argv[1]; and contains -- -- (commandline -opc)
end
complete -c denodpdk -f -n '__denodpdk_words 1'
complete -c denodpdk -f -n '__denodpdk_words 2 help'
${[...first, ...names, ...options].join("\n")}
`;
}

/** What makes each shell complete, by the shell's name. */
export const SHELLS = { bash, zsh, fish } as const;

/** Names of shells. */
export type Shell = keyof typeof SHELLS;
