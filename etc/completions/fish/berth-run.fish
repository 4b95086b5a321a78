# fish completion for berth-run(1): its options, then the completion of the command that it runs.

complete -c berth-run -x -a '(__fish_complete_subcommand -- --name)' -d Command
complete -c berth-run -n __fish_no_arguments -l name -x -d 'Name in the cgroup path'
complete -c berth-run -n __fish_no_arguments -l scope-info -d 'Print the cgroup, run nothing'
complete -c berth-run -n __fish_no_arguments -s h -l help -d 'Print help'
complete -c berth-run -n __fish_no_arguments -l version -d 'Print the version'
