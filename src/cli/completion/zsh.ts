import type { CompletionCommand, CompletionFlag, CompletionTree } from './command-tree.ts';

/** Completion for zsh, to be put into a directory of `fpath` as `_nsview`. */
export function zshCompletion({ globals, commands }: CompletionTree): string {
  return `#compdef nsview

_nsview_refs() {
  local -a refs
  refs=(\${(f)"$(nsview ps 2>/dev/null </dev/null |
    awk 'NR > 1 { for (i = 1; i <= 2; i++) if ($i ~ /^[A-Za-z0-9][A-Za-z0-9_.:@-]*$/) print $i }')"})
  compadd -a refs
}

_nsview_verbs() {
  local -a verbs
  verbs=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}\n`).join('')}  )
  _describe command verbs
}

_nsview() {
  local curcontext=$curcontext state line
  local -a globals
  globals=(
${globals.map((flag) => specs(flag)).join('')}  )
  _arguments -C $globals '1: :_nsview_verbs' '*:: :->operands'
  [[ $state == operands ]] || return
  case $line[1] in
${commands.map(verbCase).join('')}  esac
}

_nsview "$@"
`;
}

function operandSpec(argument: CompletionCommand['argument']): string {
  switch (argument.kind) {
    case 'ref':
      return `      '*: :_nsview_refs'\n`;
    case 'file':
      return `      '1: :_files'\n`;
    case 'words':
      return `      '1: :(${argument.words.join(' ')})'\n`;
    case 'none':
      return '';
  }
}

function verbCase({ name, flags, argument }: CompletionCommand): string {
  const offered = flags.map((flag) => specs(flag)).join('') + operandSpec(argument);
  return `    ${name})
      _arguments $globals \\
${offered.trimEnd().split('\n').join(' \\\n')}
      ;;
`;
}

/** One specification per name of the flag; names of one flag exclude each other unless it may be repeated. */
function specs({ names, description, value }: CompletionFlag): string {
  const repeatable = description.includes('repeatable');
  const prefix = repeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
  return names
    .map((name) => `      ${quoted(`${prefix}${name}[${bracketed(description)}]${valueSpec(value)}`)}\n`)
    .join('');
}

function valueSpec(value: CompletionFlag['value']): string {
  switch (value?.kind) {
    case undefined:
      return '';
    case 'dir':
      return ':directory:_files -/';
    case 'words':
      return `:value:(${value.words.join(' ')})`;
    case 'any':
      return ':value: ';
  }
}

function bracketed(text: string): string {
  return text.replace(/[[\]\\:]/g, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
