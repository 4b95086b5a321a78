import Linux
import NIC
import Testing

@Suite struct Requests {
    private func words(_ line: String) -> [[UInt8]] {
        line.split(separator: " ", omittingEmptySubsequences: false).map { Array($0.utf8) }
    }

    @Test(
        "what lxc-start sends",
        arguments: [
            "create /p n 12 veth lxcbr0", "create /p n 12 veth lxcbr0 eth7",
            "create /p n 12 veth none",
            "create /p n 12 veth lxcbr0 ", "delete /p n /proc/3/fd/9 veth br0 veth1000_abcd",
            "delete /p n /proc/3/ns/net veth br0 veth1000_abcd",
        ])
    func accepted(line: String) {
        #expect(throws: Never.self) { try Request(words(line)) }
    }

    @Test(
        "and what it does not",
        arguments: [
            ("", "usage"), ("create", "usage"), ("create /p n 12 veth", "usage"),
            ("create /p n 12 veth br0 eth0 more", "usage"),
            ("delete /p n /proc/3/fd/9 veth br0", "usage"),
            ("remove /p n 12 veth br0", "usage"),
            ("create /p n 12 macvlan br0", "type \"macvlan\""),
            ("create /p n 0 veth br0", "not the number of a process"),
            ("create /p n -3 veth br0", "not the number of a process"),
            ("create /p n 12 veth lxcbr0123456789x", "cannot be the name"),
            ("create /p n 12 veth br0 eth%d", "cannot be the name"),
            ("create /p n 12 veth br0 a/b", "cannot be the name"),
            ("delete /p n /proc/3/fd/9 veth br0 ..", "cannot be the name"),
            ("delete /p n /etc/passwd veth br0 v", "namespace is not there"),
            ("delete /p n /proc/3/cwd veth br0 v", "namespace is not there"),
        ])
    func refused(line: String, reason: String) {
        #expect { try Request(words(line)) } throws: {
            ($0 as? Refusal)?.description.contains(reason) ?? false
        }
    }
}
