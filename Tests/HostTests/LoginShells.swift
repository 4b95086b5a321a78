import TestSupport
import Testing

/// What users' shells make of /etc/profile.d/berth.sh.
@Suite
struct LoginShells {
    @Test(
        "each container is started by an lxc-start of its own, in every shell that can read the file",
        arguments: ["dash", "bash", "busybox ash", "zsh"])
    func autostart(shell name: String) {
        // The programs tell their words instead.
        let outcome = shell(
            #"""
            directory=$(mktemp -d); trap 'rm -r "$directory"' EXIT; cd "$directory"
            printf '%s\n' '#!/bin/sh' 'case "$*" in *--list*) printf "one 0\ntwo 0\n" ;; *) echo "$*" ;; esac' >lxc-autostart
            printf '%s\n' '#!/bin/sh' 'printf "[%s]" "$@"; echo' >berth-run
            chmod +x lxc-autostart berth-run
            export PATH=$directory:$PATH
            echo '. \#(profile); berth_lxc_autostart -P "/a b" -g web; echo $?; berth_lxc_autostart; echo $?
              berth_lxc_autostart -k -n one' >script
            \#(name) script
            """#)
        expect(
            outcome.output,
            is: """
                [lxc-start][-P][/a b][-n][one]
                [lxc-start][-P][/a b][-n][two]
                0
                [lxc-start][-n][one]
                [lxc-start][-n][two]
                0
                -k -n one

                """, "\(outcome)")
    }
}

private let profile =
    String(#filePath.dropLast("Tests/HostTests/LoginShells.swift".count))
    + "etc/profile.d/berth.sh"
