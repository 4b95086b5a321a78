import Linux
import NIC
import Netlink
import Testing
import Usernet

@Suite struct Requests {
    private func words(_ line: String) -> [[UInt8]] {
        line.split(separator: " ", omittingEmptySubsequences: false).map { Array($0.utf8) }
    }

    private func request(_ line: String) throws -> (Request.Creation?, Request.Deletion?) {
        switch try Request(words(line)) {
        case .create(let creation): (creation, nil)
        case .delete(let deletion): (nil, deletion)
        case .version: (nil, nil)
        }
    }

    @Test(
        "create takes the process, the bridge and the container's name from the command line",
        arguments: [
            ("create /p n 12 veth lxcbr0", "lxcbr0", nil),
            ("create /p n 12 veth lxcbr0 eth7", "lxcbr0", "eth7"),
            ("create /p n 12 veth lxcbr0 ", "lxcbr0", nil),
            ("create /p n 12 veth none", "none", nil),
        ])
    func creations(line: String, bridge: String, name: String?) throws {
        let creation = try #require(try request(line).0)
        #expect(creation.process == ProcessID(12))
        #expect(creation.bridge == UsernetBridge(bridge.utf8))
        #expect(creation.containerName == name.flatMap { InterfaceName($0.utf8) })
        #expect((creation.containerName == nil) == (name == nil))
    }

    @Test(
        "delete takes the namespace, the bridge and the host's name from the command line",
        arguments: [
            ("/proc/3/fd/9", NetworkNamespace.ProcPath.descriptor(ProcessID(3), 9)),
            ("/proc/3/ns/net", .process(ProcessID(3))),
        ])
    func deletions(path: String, namespace: NetworkNamespace.ProcPath) throws {
        let line = "delete /p n \(path) veth br0 veth1000_abcd"
        let deletion = try #require(try request(line).1)
        #expect(deletion.namespace == namespace)
        #expect(deletion.bridge == UsernetBridge("br0".utf8))
        #expect(deletion.nic == InterfaceName("veth1000_abcd".utf8))
    }

    @Test(
        "other command lines are refused",
        arguments: [
            ("", "usage"), ("create", "usage"), ("create /p n 12 veth", "usage"),
            ("create /p n 12 veth br0 eth0 more", "usage"),
            ("delete /p n /proc/3/fd/9 veth br0", "usage"),
            ("remove /p n 12 veth br0", "usage"),
            ("create /p n 12 macvlan br0", "type \"macvlan\""),
            ("create /p n 0 veth br0", "\"0\" is not a process ID"),
            ("create /p n -3 veth br0", "\"-3\" is not a process ID"),
            ("create /p n 12 veth lxcbr0123456789x", "not a valid name"),
            ("create /p n 12 veth br0 eth%d", "not a valid name"),
            ("create /p n 12 veth br0 a/b", "not a valid name"),
            ("delete /p n /proc/3/fd/9 veth br0 ..", "not a valid name"),
            ("delete /p n /etc/passwd veth br0 v", "namespace does not exist"),
            ("delete /p n /proc/3/cwd veth br0 v", "namespace does not exist"),
        ])
    func refused(line: String, reason: String) {
        #expect { try Request(words(line)) } throws: {
            ($0 as? Refusal)?.description.contains(reason) ?? false
        }
    }
}
