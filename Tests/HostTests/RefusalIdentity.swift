import TestSupport
import Testing

/// A write with root's identity can do more than a write with the caller's: it keeps the setuid bit
/// of a file, for example (compare CVE-2021-4197).
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct RefusalIdentity {
    @Test(
        "every refusal is written with the caller's identity",
        arguments: [
            // Before the request is parsed, while it is, and as root.
            ("true", "frobnicate"), ("true", ""), ("true", "create /p n x veth br0"),
            ("true", "create /p n PID macvlan br0"), ("true", "create /p n PID veth br0/x"),
            ("true", "delete /p n /etc/shadow veth br0 veth1"),
            ("rm /etc/lxc/lxc-usernet", "create /p n PID veth br0"),
            ("chmod o+w /etc/lxc/lxc-usernet", "create /p n PID veth br0"),
            ("mkdir -m 1777 /run/lxc", "create /p n PID veth br0"),
            ("mkdir -p /run/lxc/nics", "create /p n PID veth br0"),
            ("true", "create /p n PID veth nosuch"), ("true", "create /p n PID veth lo"),
            // As the caller.
            ("true", "create /p n 1 veth br0"), ("true", "create /p n PID veth br0 lo"),
            ("echo > /etc/lxc/lxc-usernet", "create /p n PID veth br0"),
            ("echo eve veth br0 0 > /etc/lxc/lxc-usernet", "create /p n PID veth br0"),
            ("true", "delete /p n /proc/PID/ns/net veth br0 veth1"),
            // Commands that succeed.
            ("true", "create /p n PID veth br0"), ("true", "--version"),
        ])
    func identity(deed: String, words: String) async {
        await #expect(processExitsWith: .success) {
            [deed = deed as String, words = words as String] in
            _ = try Host.withBridge()
            let container = Container(of: 2000)
            expect(shell(deed).succeeded, deed)
            let arguments = words.replacing("PID", with: "\(container.process)")
            let program = Program.ours.installed
            shell(
                "strace -qq -u eve -e trace=setresuid,write -o /run/test/trace "
                    + "\(program) \(arguments)"
            )
            var effective = 0
            var writers: [Int] = []
            for line in contents(of: "/run/test/trace").split(separator: "\n") {
                let numbers = line.prefix { $0 != ")" }.drop { $0 != "(" }.dropFirst()
                    .split(separator: ",").map { Int($0.filter { $0 != " " }) }
                if line.hasPrefix("setresuid("), line.hasSuffix("= 0"), numbers.count == 3 {
                    effective = numbers[1] ?? effective
                } else if line.hasPrefix("write(1,") || line.hasPrefix("write(2,") {
                    writers.append(effective)
                }
            }
            expect(writers.count >= 1, "\(words): \(contents(of: "/run/test/trace"))")
            expect(writers.allSatisfy { $0 == 2000 }, "\(deed), \(words): \(writers)")
        }
    }
}
