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
      --proc | --sys | --root | --engine | -f | --filter | --sort | --view | --lxcfs | --lxcfs-version | -i | --interval | -n | --count | --duration | --max-size | --at | -e | --env | --env-file | -w | --workdir | -u | --user | --rootfs | --name | --hostname | --entrypoint | --tmpfs | -v | --volume | --volumes-from | --mount | -p | --publish | --network | --pid | --ipc | --uts | --userns | --cgroup-parent | --cpus | --cpu-period | --cpu-quota | -c | --cpu-shares | --cpuset-cpus | -m | --memory | --memory-swap | --memory-reservation | --pids-limit | --device-read-bps | --device-write-bps | --ulimit | --device | --sysctl | --group-add | --cap-add | --cap-drop | --security-opt | --stop-signal | --stop-timeout | -l | --label | -s | --signal | -t | --time | --tail | --since) ((index++)) ;;
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
    procfs:--view)
      _nsview_words "$current" < <(printf '%s\n' seen limits host)
      return
      ;;
    procfs:--lxcfs)
      :
      return
      ;;
    procfs:--lxcfs-version)
      _nsview_words "$current" < <(printf '%s\n' 5.0.3 7.0.0)
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
    record:-i | record:--interval)
      :
      return
      ;;
    record:-n | record:--count)
      :
      return
      ;;
    record:--duration)
      :
      return
      ;;
    record:--max-size)
      :
      return
      ;;
    replay:--at)
      :
      return
      ;;
    run:-e | run:--env)
      :
      return
      ;;
    run:--env-file)
      :
      return
      ;;
    run:-w | run:--workdir)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    run:-u | run:--user)
      :
      return
      ;;
    run:--rootfs)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    run:--name)
      :
      return
      ;;
    run:--hostname)
      :
      return
      ;;
    run:--entrypoint)
      :
      return
      ;;
    run:--lxcfs)
      :
      return
      ;;
    run:--tmpfs)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    run:-v | run:--volume)
      :
      return
      ;;
    run:--volumes-from)
      :
      return
      ;;
    run:--mount)
      :
      return
      ;;
    run:-p | run:--publish)
      :
      return
      ;;
    run:--network)
      :
      return
      ;;
    run:--pid)
      :
      return
      ;;
    run:--ipc)
      :
      return
      ;;
    run:--uts)
      :
      return
      ;;
    run:--userns)
      :
      return
      ;;
    run:--cgroup-parent)
      :
      return
      ;;
    run:--cpus)
      :
      return
      ;;
    run:--cpu-period)
      :
      return
      ;;
    run:--cpu-quota)
      :
      return
      ;;
    run:-c | run:--cpu-shares)
      :
      return
      ;;
    run:--cpuset-cpus)
      :
      return
      ;;
    run:-m | run:--memory)
      :
      return
      ;;
    run:--memory-swap)
      :
      return
      ;;
    run:--memory-reservation)
      :
      return
      ;;
    run:--pids-limit)
      :
      return
      ;;
    run:--device-read-bps)
      :
      return
      ;;
    run:--device-write-bps)
      :
      return
      ;;
    run:--ulimit)
      :
      return
      ;;
    run:--device)
      :
      return
      ;;
    run:--sysctl)
      :
      return
      ;;
    run:--group-add)
      :
      return
      ;;
    run:--cap-add)
      :
      return
      ;;
    run:--cap-drop)
      :
      return
      ;;
    run:--security-opt)
      :
      return
      ;;
    run:--stop-signal)
      :
      return
      ;;
    run:--stop-timeout)
      :
      return
      ;;
    run:-l | run:--label)
      :
      return
      ;;
    exec:-e | exec:--env)
      :
      return
      ;;
    exec:--env-file)
      :
      return
      ;;
    exec:-w | exec:--workdir)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    exec:-u | exec:--user)
      :
      return
      ;;
    limit:--cpus)
      :
      return
      ;;
    limit:--cpu-period)
      :
      return
      ;;
    limit:--cpu-quota)
      :
      return
      ;;
    limit:-c | limit:--cpu-shares)
      :
      return
      ;;
    limit:--cpuset-cpus)
      :
      return
      ;;
    limit:-m | limit:--memory)
      :
      return
      ;;
    limit:--memory-swap)
      :
      return
      ;;
    limit:--memory-reservation)
      :
      return
      ;;
    limit:--pids-limit)
      :
      return
      ;;
    limit:--device-read-bps)
      :
      return
      ;;
    limit:--device-write-bps)
      :
      return
      ;;
    stop:-s | stop:--signal)
      :
      return
      ;;
    stop:-t | stop:--time)
      :
      return
      ;;
    kill:-s | kill:--signal)
      :
      return
      ;;
    logs:-n | logs:--tail)
      :
      return
      ;;
    logs:--since)
      :
      return
      ;;
    union:--at)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
  esac
  case $verb in
    '') _nsview_words "$current" < <(printf '%s\n' ps inspect ns cgroup layers diff procfs top stats record replay doctor schema completion run exec limit pause unpause stop kill rm wait logs gc demo union --proc --sys --root --engine --no-color --read-only -V --version -h --help) ;;
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
    diff)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    procfs)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --view --lxcfs --lxcfs-version --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
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
    record)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -i --interval -n --count --duration --max-size --scrub -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      fi
      ;;
    replay)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --at --json -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
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
    run)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -d --detach -i --interactive -t --tty -e --env --env-file -w --workdir -u --user --privileged --explain --rootfs --name --rm --hostname --entrypoint --lxcfs --init --read-only --tmpfs -v --volume --volumes-from --mount -p --publish --network --pid --ipc --uts --userns --cgroup-parent --cpus --cpu-period --cpu-quota -c --cpu-shares --cpuset-cpus -m --memory --memory-swap --memory-reservation --pids-limit --device-read-bps --device-write-bps --ulimit --device --sysctl --group-add --cap-add --cap-drop --security-opt --stop-signal --stop-timeout -l --label --step -h --help --proc --sys --root --engine --no-color -V --version)
      else
        :
      fi
      ;;
    exec)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -d --detach -i --interactive -t --tty -e --env --env-file -w --workdir -u --user --privileged --explain -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    limit)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --cpus --cpu-period --cpu-quota -c --cpu-shares --cpuset-cpus -m --memory --memory-swap --memory-reservation --pids-limit --device-read-bps --device-write-bps --release --explain -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    pause)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    unpause)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    stop)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -s --signal -t --time -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    kill)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -s --signal -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    rm)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -f --force -v --volumes -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    wait)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    logs)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -f --follow -n --tail --since -t --timestamps -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(_nsview_refs)
      fi
      ;;
    gc)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        :
      fi
      ;;
    demo)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --list --rm -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        _nsview_words "$current" < <(printf '%s\n' burn hog forks tmp zombie shared union io)
      fi
      ;;
    union)
      if [[ $current == -* ]]; then
        _nsview_words "$current" < <(printf '%s\n' --at -h --help --proc --sys --root --engine --no-color --read-only -V --version)
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      fi
      ;;
  esac
}

complete -F _nsview nsview
