import type { CompletionCommand, CompletionFlag, CompletionTree } from './command-tree.ts';

/**
 * Completion for bash. Words that come from containers are never given to `compgen -W`, which would expand them: they
 * are compared and only those of harmless letters are offered.
 */
export function bashCompletion({ globals, commands }: CompletionTree): string {
  const valued = [...globals, ...commands.flatMap(({ flags }) => flags)].filter(({ value }) => value !== null);
  const takesValue = [...new Set(valued.flatMap(({ names }) => names))].join(' | ');
  return `# bash completion for nsview

_nsview_words() {
  local word
  while IFS= read -r word; do
    [[ $word == "$1"* ]] && COMPREPLY+=("$word")
  done
}

_nsview_refs() {
  nsview ps 2>/dev/null </dev/null |
    awk 'NR > 1 { for (i = 1; i <= 2; i++) if ($i ~ /^[A-Za-z0-9][A-Za-z0-9_.:@-]*$/) print $i }'
}

_nsview() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} verb= index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      ${takesValue}) ((index++)) ;;
      -*) ;;
      *)
        verb=\${COMP_WORDS[index]}
        break
        ;;
    esac
  done
  case $verb:$previous in
${globals.map((flag) => valueCase('*', flag)).join('')}${commands
  .flatMap(({ name, flags }) => flags.map((flag) => valueCase(name, flag)))
  .join('')}  esac
  case $verb in
    '') _nsview_words "$current" < <(printf '%s\\n' ${words([...commands.map(({ name }) => name), ...namesOf(globals)])}) ;;
${commands.map((command) => verbCase(command, globals)).join('')}  esac
}

complete -F _nsview nsview
`;
}

function valueCase(verb: string, { names, value }: CompletionFlag): string {
  if (value === null) {
    return '';
  }
  const pattern = names.map((name) => `${verb}:${name}`).join(' | ');
  return `    ${pattern})
      ${valueAction(value)}
      return
      ;;
`;
}

function valueAction(value: NonNullable<CompletionFlag['value']>): string {
  switch (value.kind) {
    case 'dir':
      return 'mapfile -t COMPREPLY < <(compgen -d -- "$current")';
    case 'words':
      return `_nsview_words "$current" < <(printf '%s\\n' ${words(value.words)})`;
    case 'any':
      return ':';
  }
}

function operandAction(argument: CompletionCommand['argument']): string {
  switch (argument.kind) {
    case 'ref':
      return '_nsview_words "$current" < <(_nsview_refs)';
    case 'file':
      return 'mapfile -t COMPREPLY < <(compgen -f -- "$current")';
    case 'words':
      return `_nsview_words "$current" < <(printf '%s\\n' ${words(argument.words)})`;
    case 'none':
      return ':';
  }
}

function verbCase({ name, flags, argument }: CompletionCommand, globals: readonly CompletionFlag[]): string {
  const offered = words([...namesOf(flags), ...namesOf(globals)]);
  return `    ${name})
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\\n' ${offered})
      else
        ${operandAction(argument)}
      fi
      ;;
`;
}

function namesOf(flags: readonly CompletionFlag[]): readonly string[] {
  return [...new Set(flags.flatMap(({ names }) => names))];
}

function words(list: readonly string[]): string {
  return [...new Set(list)].join(' ');
}
