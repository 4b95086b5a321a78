import TestSupport
import Testing

/// /etc/profile.d/berth.sh in users' shells.
@Suite
struct LoginShells {
    @Test(
        "lxc-autostart starts each container with its own lxc-start, in every shell",
        arguments: ["dash", "bash", "busybox ash", "zsh"])
    func autostart(shell name: String) {
        let outcome = script("login-shell", [profile, name])
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
