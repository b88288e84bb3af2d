# bash completion for nsview

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
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb= index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case ${COMP_WORDS[index]} in
      --proc | --sys | --root | --engine | -f | --filter | --sort | -i | --interval | -n | --count) ((index++)) ;;
      -*) ;;
      *)
        verb=${COMP_WORDS[index]}
        break
        ;;
    esac
  done
  case $verb:$previous in
    *:--proc)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    *:--sys)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    *:--root)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    *:--engine)
      _nsview_words "$current" < <(printf '%s\n' auto none docker= podman= containerd=)
      return
      ;;
    ps:-f | ps:--filter)
      _nsview_words "$current" < <(printf '%s\n' name= id= engine= status= label= image=)
      return
      ;;
    ps:--sort)
      _nsview_words "$current" < <(printf '%s\n' id name engine status pid procs ns cpu mem pids up image command group)
      return
      ;;
    stats:-i | stats:--interval)
      :
      return
      ;;
    stats:-n | stats:--count)
      :
      return
      ;;
  esac
  case $verb in
    '') _nsview_words "$current" < <(printf '%s\n' ps inspect ns cgroup layers top stats doctor schema completion --proc --sys --root --engine --no-color --read-only -V --version -h --help) ;;
    ps)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -a --all -q --quiet --no-trunc -f --filter --sort --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        :
      fi
      ;;
    inspect)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    ns)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    cgroup)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -w --watch --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    layers)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    top)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    stats)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -i --interval -n --count --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    doctor)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        :
      fi
      ;;
    schema)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        :
      fi
      ;;
    completion)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(printf '%s\n' bash zsh fish)
      fi
      ;;
  esac
}

complete -F _nsview nsview
