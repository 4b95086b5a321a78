import TestSupport
import Testing

/// The names that berth-nic gives the logical ports of NICs on a bridge of a real Open vSwitch.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"), .serialized)
struct LogicalPorts {
    @Test(
        "no name of a container creates a logical port of another user, or causes any other change")
    func logicalPorts() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 3", "bob veth ovs0 3")
            let eves = Program.ours.create(Container(of: 2000), on: "ovs0")
            let nic = try #require(Answer(eves), "\(eves)").hostName
            func record(_ nic: String) -> String {
                let found = shell("ovs-vsctl --columns=external_ids list Interface \(nic)")
                return found.output.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
            }
            let before = record(nic)
            expect(before.contains(#"iface-id=berth-2000-web-0"#), before)
            let bobs = Container(of: 2001)
            let names = [
                "web": "web", "web-0": "web-0", "2000-web": "2000-web", "": "",
                "\",iface-id=\"berth-2000-web-0": "%22%2Ciface-id%3D%22berth-2000-web-0",
                "x external_ids:iface-id=berth-2000-web-0":
                    "x%20external_ids%3Aiface-id%3Dberth-2000-web-0",
                "-- del-br ovs0": "--%20del-br%20ovs0", "a=b,c": "a%3Db%2Cc",
                "a\tb\nc\\": "a%09b%0Ac%5C", "\u{e9}": "%C3%A9", "'$(id)'": "%27%24%28id%29%27",
                String(repeating: "\"", count: 300): String(repeating: "%22", count: 255),
            ]
            for (name, encoded) in names {
                let outcome = Program.ours.run(
                    ["create", "/var/lib/lxc", name, "\(bobs.process)", "veth", "ovs0", "x"],
                    as: 2001)
                let own = try #require(Answer(outcome), "\(name): \(outcome)").hostName
                let id = shell("ovs-vsctl get Interface \(own) external_ids:iface-id").output
                expect(id.filter { $0 != "\"" }, is: "berth-2001-\(encoded)-0\n", name)
                let ids = record(own)
                expect(ids.split(separator: ", ").count, is: 2, ids)
                expect(record(nic), is: before, name)
                expect(host.ports == [nic, own], "\(name): \(host.ports)")
                let gone = Program.ours.delete(own, of: bobs, on: "ovs0", as: 2001)
                expect(gone.status, is: 0, "\(gone)")
                expect(record(own), is: "", name)
            }
            // A second container of the same name is another logical port.
            let second = Program.ours.create(Container(of: 2000), on: "ovs0")
            let other = try #require(Answer(second), "\(second)").hostName
            expect(record(other).contains("iface-id=berth-2000-web-1"), record(other))
        }
    }

    @Test("each NIC has its own logical port, also with many NICs, without a key or with a new one")
    func numbers() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 40")
            func add(_ number: Int) throws -> [String] {
                try (1...number).map { _ in
                    let outcome = Program.ours.create(Container(of: 2000), on: "ovs0")
                    let nic = try #require(Answer(outcome), "\(outcome)").hostName
                    return shell("ovs-vsctl get Interface \(nic) external_ids:iface-id").output
                }
            }
            let key = "/etc/lxc/berth.key"
            var names = try add(11)
            shell("head -c 32 /dev/urandom >\(key)")
            names += try add(2)
            shell("chmod 644 \(key)")
            names += try add(2)
            expect(Set(names).count, is: 15, "\(names)")
            expect(host.ports.count, is: 15)
        }
    }

    @Test("NICs of one container that are created at once have different logical ports")
    func atOnce() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 9")
            let container = Container(of: 2000)
            // Each message of the first process to the kernel takes 200 ms.
            start(
                "exec strace -qq -o /dev/null -e trace=sendto "
                    + "-e inject=sendto:delay_enter=200000 setpriv --reuid 2000 --regid 2000 "
                    + "--clear-groups \(Program.ours.installed) create /var/lib/lxc web "
                    + "\(container.process) veth ovs0 first")
            let created = shell(
                "for n in $(seq 1500); do ip link | grep -q veth2000_ && exit 0; sleep 0.02; "
                    + "done; exit 1")
            expect(created.succeeded)
            let second = Program.ours.create(container, on: "ovs0", named: "second")
            expect(Answer(second) != nil, "\(second)")
            let names = shell(
                "for n in $(seq 1500); do [ $(ovs-vsctl list-ports ovs0 | wc -l) = 2 ] && break; "
                    + "sleep 0.02; done; for nic in $(ovs-vsctl list-ports ovs0); do "
                    + "ovs-vsctl get Interface $nic external_ids:iface-id; done")
            expect(names.lines.sorted(), is: ["berth-2000-web-0", "berth-2000-web-1"], "\(names)")
        }
    }

    @Test("ovs-vsctl does not write the name by which the caller started berth-nic")
    func callersName() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 9")
            func size() -> Int { contents(of: "/run/openvswitch/conf.db").utf8.count }
            for name in ["", "x", String(repeating: "NAME", count: 25_000)] {
                let before = size()
                let outcome = eve(
                    "exec -a '\(name)' \"$0\" create /p web $1 veth ovs0", Container(of: 2000))
                expect(outcome.succeeded, "\(outcome)")
                expect(size() - before < 10_000, "\(size() - before)")
            }
            let text = contents(of: "/run/openvswitch/conf.db")
            expect(!text.contains("NAMENAME"))
            expect(text.contains("invoked by berth-nic"))
        }
    }
}
