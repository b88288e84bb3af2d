# fish completion for nsview

function __nsview_refs
    nsview ps 2>/dev/null </dev/null | awk 'NR > 1 { for (i = 1; i <= 2; i++) if ($i ~ /^[A-Za-z0-9][A-Za-z0-9_.:@-]*$/) print $i }'
end

set -l verbs ps inspect ns cgroup layers top stats doctor schema completion
complete -c nsview -f
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a ps -d 'list the running containers of every engine'
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a inspect -d 'everything known of one container'
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a ns -d 'namespaces of a container, or of the host, and who is in them'
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a cgroup -d 'limits beside live use, who imposes them, and the file behind every figure'
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a layers -d 'the branches of a container’s root file system, top first'
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a top -d 'processes of a container: host PID beside inside PID'
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a stats -d 'use of resources, one table per interval'
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a doctor -d 'what this host offers, what is denied, and the remedy'
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a schema -d 'print the JSON Schema of every --json output'
complete -c nsview -n "not __fish_seen_subcommand_from $verbs" -a completion -d 'print shell completions'
complete -c nsview -l proc -x -a "(__fish_complete_directories)" -d 'another root for /proc: a mounted host, a captured tree'
complete -c nsview -l sys -x -a "(__fish_complete_directories)" -d 'another root for /sys'
complete -c nsview -l root -x -a "(__fish_complete_directories)" -d 'where nsview keeps its own containers and images'
complete -c nsview -l engine -x -a "auto none docker= podman= containerd=" -d 'auto, none, docker=SOCKET, podman=SOCKET or containerd=SOCKET; repeatable'
complete -c nsview -l no-color -d 'no colours (also: NO_COLOR in the environment)'
complete -c nsview -l read-only -d 'change nothing, whatever is asked'
complete -c nsview -s V -l version -d 'print the version'
complete -c nsview -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from ps" -s a -l all -d 'also the stopped ones that the engines know'
complete -c nsview -n "__fish_seen_subcommand_from ps" -s q -l quiet -d 'ids only'
complete -c nsview -n "__fish_seen_subcommand_from ps" -l no-trunc -d 'full ids, nothing shortened'
complete -c nsview -n "__fish_seen_subcommand_from ps" -s f -l filter -x -a "name= id= engine= status= label= image=" -d 'name, id, engine, status, label or image; repeatable: the same key is either, different keys are both'
complete -c nsview -n "__fish_seen_subcommand_from ps" -l sort -x -a "id name engine status pid procs ns cpu mem pids up image command group" -d 'order by this column'
complete -c nsview -n "__fish_seen_subcommand_from ps" -l json -d 'print JSON'
complete -c nsview -n "__fish_seen_subcommand_from ps" -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from inspect" -a "(__nsview_refs)"
complete -c nsview -n "__fish_seen_subcommand_from inspect" -l json -d 'print JSON'
complete -c nsview -n "__fish_seen_subcommand_from inspect" -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from ns" -a "(__nsview_refs)"
complete -c nsview -n "__fish_seen_subcommand_from ns" -l json -d 'print JSON'
complete -c nsview -n "__fish_seen_subcommand_from ns" -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from cgroup" -a "(__nsview_refs)"
complete -c nsview -n "__fish_seen_subcommand_from cgroup" -s w -l watch -d 'again every second until Ctrl-C'
complete -c nsview -n "__fish_seen_subcommand_from cgroup" -l json -d 'print JSON; with --watch one document per line'
complete -c nsview -n "__fish_seen_subcommand_from cgroup" -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from layers" -a "(__nsview_refs)"
complete -c nsview -n "__fish_seen_subcommand_from layers" -l json -d 'print JSON'
complete -c nsview -n "__fish_seen_subcommand_from layers" -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from top" -a "(__nsview_refs)"
complete -c nsview -n "__fish_seen_subcommand_from top" -l json -d 'print JSON'
complete -c nsview -n "__fish_seen_subcommand_from top" -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from stats" -a "(__nsview_refs)"
complete -c nsview -n "__fish_seen_subcommand_from stats" -s i -l interval -x -d 'time between two tables, such as 1s or 500ms'
complete -c nsview -n "__fish_seen_subcommand_from stats" -s n -l count -x -d 'end after so many tables'
complete -c nsview -n "__fish_seen_subcommand_from stats" -l json -d 'print JSON, one document per line'
complete -c nsview -n "__fish_seen_subcommand_from stats" -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from doctor" -l json -d 'print JSON'
complete -c nsview -n "__fish_seen_subcommand_from doctor" -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from schema" -s h -l help -d 'print this help'
complete -c nsview -n "__fish_seen_subcommand_from completion" -a "bash zsh fish"
complete -c nsview -n "__fish_seen_subcommand_from completion" -s h -l help -d 'print this help'
