import TestSupport
import Testing

/// The commands of s6-rc's sources, run as by s6-rc: parsed by execline, with the descriptors of
/// the caller passed on by s6-sudo.
@Suite(.serialized, .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct Oneshots {
    private static let etc =
        String(#filePath.dropLast("Tests/CgroupAdminTests/Oneshots.swift".count)) + "etc"

    /// `oneshot up|down SERVICE`, and `typed`, which runs it in a terminal.
    private static let tools = """
        sudo="s6-sudo -e -l0 -t 2000 -T 20000 -- /run/test/runner/s"
        oneshot() { $sudo "$@" >/dev/null 2>&1 || echo "$* failed with $?"; }
        typed() { script -qec "$sudo $*" /dev/null </dev/null || echo "$* failed with $?"; }

        """

    /// Installs the sources, and starts the oneshot runner of s6-rc. Eve's login shell reports
    /// whether it has a terminal.
    private static func prepare() -> Outcome {
        shell(
            """
            set -e
            cd /run/test
            DESTDIR= sbindir=/run/test/bin s6dir=/run/test/s6 '\(etc)/init-files.sh' install s6
            sed -i 's/ alice/ eve/' s6/berth-user/up s6/berth-user/down
            install -D -m 644 '\(etc)/profile.d/berth.sh' /etc/profile.d/berth.sh
            echo 'eve:*:19000:0:99999:7:::' >> /etc/shadow
            install -d -o eve eve
            cat > /run/.profile <<'END'
            seen=nothing
            [ ! -t 0 ] && [ ! -t 1 ] && [ ! -t 2 ] || seen='a terminal'
            PATH=/run/test/bin:$PATH
            END
            cat > bin/lxc-autostart <<'END'
            #!/bin/sh
            echo "$(id -un): lxc-autostart $*" >> /run/test/eve/told
            END
            echo 'echo "eve sees $seen" >> /run/test/eve/told' >> /run/.profile
            printf '#!/bin/sh\\nexec execlineb -P /run/test/s6/"$2"/"$1"\\n' > oneshot
            chmod 755 oneshot bin/lxc-autostart
            mkdir -p runner/rules/uid/0 && touch runner/rules/uid/0/allow
            cd runner
            s6-ipcserver-socketbinder -- s s6-ipcserverd -- \\
              s6-ipcserver-access -v0 -E -l0 -i rules -- s6-sudod -t 30000 -- /run/test/oneshot \\
              <&- >&- 2>&- 8>&- 9>&- &
            echo $! > ../runner.pid
            for n in $(seq 500); do [ -S s ] && exit; sleep 0.02; done
            exit 1
            """)
    }

    @Test("s6-rc's commands set up cgroups, and do not pass root's terminal to a user")
    func s6rc() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve hugetlb", "bob frobnicate")
            defer { lab.leave() }
            let prepared = Oneshots.prepare()
            defer { shell("kill $(cat /run/test/runner.pid)") }
            expect(prepared.status, is: 0, "\(prepared)")

            let up = shell(Oneshots.tools + "oneshot up berth-cgroup; oneshot up berth-cgroup")
            // An invalid line does not fail the service.
            expect(up.lines, is: [])
            expect(lab.exists("u64000"))
            let user = shell(
                Oneshots.tools + """
                    typed up berth-user; typed down berth-user; cat /run/test/eve/told
                    """)
            expect(
                user.lines,
                is: [
                    "eve sees nothing", "eve: lxc-autostart --list -g onboot,",
                    "eve sees nothing", "eve: lxc-autostart -a -A -s -t 30",
                ], "\(user)")
            expect(shell(Oneshots.tools + "oneshot down berth-cgroup").lines, is: [])
            expect(!lab.exists(""))
        }
    }
}

/// Why s6-rc's commands cannot be tested here.
private let obstacle: String? = {
    if let obstacle = Lab.obstacle { return obstacle }
    for (program, package) in [("execlineb", "execline"), ("s6-sudod", "s6")]
    where !shell("command -v \(program)").succeeded {
        return "no \(program): install \(package)"
    }
    return nil
}()
