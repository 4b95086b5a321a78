# fish completion for berth-run(1): its options, and then whatever the command that it runs completes.

complete -c berth-run -x -a '(__fish_complete_subcommand -- --name)' -d Command
complete -c berth-run -n __fish_no_arguments -l name -x -d 'Of the cgroup, behind a random part'
complete -c berth-run -n __fish_no_arguments -l scope-info -d 'Say where a command would run, and run none'
complete -c berth-run -n __fish_no_arguments -s h -l help -d 'Print help'
complete -c berth-run -n __fish_no_arguments -l version -d 'Print the version'
