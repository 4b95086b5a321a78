import TestSupport
import Testing

/// The real lxc-create, lxc-start and lxc-attach of an unprivileged user, with berth-nic as their
/// helper.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct LXCStart {
    @Test("containers get their NICs, as many as the quota says")
    func quotaOfTwo() {
        let said = onHostWithLXC(
            """
            new_container web 10.0.3.10; new_container db 10.0.3.11; new_container more 10.0.3.12
            as_alice lxc-start -n web && as_alice lxc-wait -n web -s RUNNING -t 60 && echo web runs
            as_alice lxc-info -n web -i -H
            as_alice lxc-attach -n web -- /bin/ip -o -4 address show dev eth0 | grep -o 10.0.3.10/24
            as_alice lxc-attach -n web -- /bin/ping -c 3 -W 2 10.0.3.1 >/dev/null && echo web reaches the bridge
            ip -o link show master lxcbr0 | grep -o 'veth5000_[^@]*' > /tmp/ports
            awk '{ print $1, $2, $3 }' /run/lxc/nics
            [ "$(awk '{ print $4 }' /run/lxc/nics)" = "$(cat /tmp/ports)" ] && echo the row is the port
            as_alice lxc-start -n db && as_alice lxc-wait -n db -s RUNNING -t 60 && echo db runs
            as_alice lxc-start -n more -l info -o ~/log || echo more is refused
            grep -o 'berth-nic: .*' ~/log
            stop_alices db 1
            as_alice lxc-start -n more && as_alice lxc-wait -n more -s RUNNING -t 60 && echo more runs now
            wc -l < /run/lxc/nics
            for name in web more; do as_alice lxc-stop -k -n $name; done
            """)
        expect(
            said.lines,
            is: [
                "web runs", "10.0.3.10", "10.0.3.10/24", "web reaches the bridge",
                "alice veth lxcbr0",
                "the row is the port", "db runs", "more is refused",
                "berth-nic: user alice has 2 of 2 NICs on lxcbr0 that line 1 of /etc/lxc/lxc-usernet "
                    + "allows: stop a container, or as root raise the count there",
                "more runs now", "2",
            ], said.complaint)
    }

    @Test("several NICs, their names and options, and a container that is stopped and started")
    func namesAndRestart() {
        let said = onHostWithLXC(
            """
            echo 'alice veth lxcbr0 2 mtu=1400' > /etc/lxc/lxc-usernet
            new_container web 10.0.3.10
            {
              echo lxc.net.0.name = lan
              echo lxc.net.1.type = veth
              echo lxc.net.1.link = lxcbr0
              echo lxc.net.1.flags = up
            } >> $home/alice/.local/share/lxc/web/config
            for time in 1 2 3; do
              as_alice lxc-start -n web && as_alice lxc-wait -n web -s RUNNING -t 60
              as_alice lxc-attach -n web -- /bin/ip -o link | sed -n 's/.*: \\(.*\\)@.*mtu \\([0-9]*\\).*/\\1 \\2/p' | sort
              wc -l < /run/lxc/nics
              stop_alices web 0
            done
            """)
        let once = ["eth0 1400", "lan 1400", "2"]
        expect(said.lines, is: once + once + once, said.complaint)
    }

    @Test("lxc-start says what is wrong")
    func errors() {
        let said = onHostWithLXC(
            """
            new_container web 10.0.3.10
            why() { rm -f ~/log; as_alice lxc-start -n web -l info -o ~/log 2>/dev/null; grep -o 'berth-nic: .*' ~/log | head -n 1; }
            ip link set lxcbr0 name other0; why; ip link set other0 name lxcbr0
            echo 'bob veth lxcbr0 2' > /etc/lxc/lxc-usernet; why
            rm /etc/lxc/lxc-usernet; why
            """)
        expect(said.lines.count, is: 3, said.complaint)
        for (line, part) in zip(
            said.lines,
            ["bridge lxcbr0 does not exist", "add \"alice veth lxcbr0 10\"", "does not exist"])
        {
            expect(line.contains(part), line)
        }
    }
}

/// Runs the commands on a host with LXC and alice.
private func onHostWithLXC(_ commands: String, file: StaticString = #filePath) -> Outcome {
    let tests = "\(file)".split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        .joined(separator: "/")
    let script = "/tmp/berth-commands-\(UInt64.random(in: 0...UInt64.max))"
    write("HOME=$home/alice\n" + commands + "\n", to: script)
    defer { shell("rm -f \(script)") }
    return run(
        [tests + "/lxc-host.sh", script],
        environment: ["PATH": searchPath, "BERTH_NIC": Program.ours.path, "LANG": "C.UTF-8"])
}
