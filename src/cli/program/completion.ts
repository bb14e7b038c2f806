/** `outrider completion`: scripts for shells, made from the table of commands. */
import { nearestName } from "../../text/nearest-name.ts";
import type { Command, CommandContext, FlagSpec, Invocation } from "./command.ts";
import { commands, flagsOf } from "./table.ts";

const shells = new Map<string, () => string>([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/** `outrider completion bash|zsh|fish`: prints the completion script of a shell. */
export async function completion(invocation: Invocation, context: CommandContext): Promise<number> {
  const [shell = ""] = invocation.operands;
  const script = shells.get(shell);
  if (script === undefined) {
    const nearest = shell === "" ? undefined : nearestName(shell, shells.keys());
    const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
    const problem = shell === "" ? "a shell is needed" : `no completion for the shell ${JSON.stringify(shell)}`;
    context.writeError(`outrider: ${problem}; one of ${[...shells.keys()].join(", ")}.${hint}\n`);
    return 2;
  }
  context.write(script());
  return 0;
}

/** For bash 4 and later: `eval "$(outrider completion bash)"`. */
function bashCompletion(): string {
  return `# bash completion for outrider
_outrider() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quote(firstWords().join(" "))} -- "$current"))
    return
  fi
  case "$previous" in
${valueCases((words) => `COMPREPLY=($(compgen -W ${quote(words)} -- "$current"))`, `COMPREPLY=($(compgen -f -- "$current"))`, "return")}
  esac
  case "$command" in
${wordCases((words) => `COMPREPLY=($(compgen -W ${quote(words)} -- "$current"))`)}
  esac
}
complete -F _outrider outrider
`;
}

/** For zsh: a file `_outrider` in `$fpath`. */
function zshCompletion(): string {
  return `#compdef outrider
# zsh completion for outrider
_outrider() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(${describedWords()
      .map(([word, summary]) => quote(`${word}:${summary}`))
      .join(" ")})
    _describe command commands
    return
  fi
  case "$words[CURRENT-1]" in
${valueCases((words) => `compadd -- ${words}`, "_files", "return")}
  esac
  case "$words[2]" in
${wordCases((words) => `compadd -- ${words}`)}
  esac
}
if [ "$funcstack[1]" = "_outrider" ]; then
  _outrider "$@"
else
  compdef _outrider outrider
fi
`;
}

/** For fish: a file in \`~/.config/fish/completions\`. */
function fishCompletion(): string {
  const lines = ["# fish completion for outrider", "complete -c outrider -f"];
  for (const [word, summary] of describedWords()) {
    lines.push(`complete -c outrider -n __fish_use_subcommand -a ${quote(word)} -d ${quote(summary)}`);
  }
  for (const command of commands) {
    const [first = "", second] = command.name.split(" ");
    const isSeen = quote(`__fish_seen_subcommand_from ${first}`);
    const operands = [...(second === undefined ? [] : [second]), ...operandWords(command)];
    if (operands.length > 0) {
      lines.push(`complete -c outrider -n ${isSeen} -a ${quote(operands.join(" "))}`);
    }
    lines.push(...flagsOf(command).map((flag) => `complete -c outrider -n ${isSeen} ${fishFlag(flag)}`));
  }
  return `${lines.join("\n")}\n`;
}

function fishFlag(flag: FlagSpec): string {
  const short = flag.alias === undefined ? [] : [`-s ${flag.alias.slice(1)}`];
  const parts = [...short, `-l ${flag.name.slice(2)}`, `-d ${quote(flag.doc)}`];
  if (flag.placeholder !== undefined) {
    parts.push(flag.isFile === true ? "-r -F" : "-x");
  }
  if (flag.choices !== undefined) {
    parts.push(`-a ${quote(flag.choices.join(" "))}`);
  }
  return parts.join(" ");
}

/** Cases on the previous word: the choices of a flag, or files for a flag that takes a file. */
function valueCases(offer: (words: string) => string, offerFiles: string, leave: string): string {
  const flags = new Map(commands.flatMap(flagsOf).map((flag) => [flag.name, flag]));
  const withChoices = [...flags.values()].filter((flag) => flag.choices !== undefined);
  const files = [...flags.values()].filter((flag) => flag.isFile === true);
  const others = [...flags.values()].filter(
    (flag) => flag.placeholder !== undefined && !withChoices.includes(flag) && !files.includes(flag),
  );
  return [
    ...withChoices.map((flag) => `    ${pattern([flag])}) ${offer((flag.choices ?? []).join(" "))}; ${leave} ;;`),
    `    ${pattern(files)}) ${offerFiles}; ${leave} ;;`,
    `    ${pattern(others)}) ${leave} ;;`,
  ].join("\n");
}

/** A `case` pattern that matches all names of the flags. */
function pattern(flags: readonly FlagSpec[]): string {
  return flags.flatMap((flag) => (flag.alias === undefined ? [flag.name] : [flag.alias, flag.name])).join("|");
}

/** Cases on the command: its second words, its operands and its flags. */
function wordCases(offer: (words: string) => string): string {
  return firstWords()
    .map((word) => {
      const group = commands.filter((command) => command.name.split(" ")[0] === word);
      const seconds = group.flatMap((command) => command.name.split(" ").slice(1));
      const flags = new Set(group.flatMap(flagsOf).map((flag) => flag.name));
      return `    ${word}) ${offer([...seconds, ...group.flatMap(operandWords), ...flags, "--help"].join(" "))} ;;`;
    })
    .join("\n");
}

/** Words that are allowed as an operand: a list such as `bash|zsh|fish`, or the names of commands. */
function operandWords(command: Command): readonly string[] {
  if (command.operands === "[COMMAND]") {
    return firstWords();
  }
  return command.operands.includes("|") ? command.operands.split("|") : [];
}

function firstWords(): readonly string[] {
  return [...new Set(commands.map((command) => command.name.split(" ")[0] ?? ""))];
}

function describedWords(): readonly (readonly [string, string])[] {
  return firstWords().map((word) => [
    word,
    commands.find((command) => command.name.split(" ")[0] === word)?.summary ?? "",
  ]);
}

/** Quotes text for all three shells. An apostrophe becomes a typographic one, which needs no escape. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "’")}'`;
}
