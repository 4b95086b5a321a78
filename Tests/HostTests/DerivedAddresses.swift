import Glibc
import TestSupport
import Testing

/// A container's NIC keeps its hardware address, which berth-nic derives.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct DerivedAddresses {
    @Test("a container that starts again at once gets the same address, each time")
    func restarts() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("eve veth br0 4")
            var addresses: Set<String> = []
            for _ in 1...30 {
                let container = Container(of: 2000)
                let nic = try NIC("web", container)
                addresses.insert(nic.address)
                expect(host.fact("alias", of: nic.name), is: "lxc:eve/web")
                container.kill()
            }
            expect(addresses.count, is: 1, "\(addresses)")
            expect(addresses.first?.hasPrefix("b2:bf:"), is: true)
        }
    }

    @Test("create waits for a former NIC whose namespace is held open, and then deletes it")
    func heldNamespace() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("eve veth br0 1")
            let first = Container(of: 2000)
            let address = try NIC("web", first).address
            // As the monitor of LXC does while a post-stop hook runs.
            shell(
                "touch /run/test/held && mount --bind /proc/\(first.process)/ns/net /run/test/held")
            first.kill()
            while waitpid(-1, nil, WNOHANG) > 0 {}
            expect(try NIC("web", Container(of: 2000)).address, is: address)
            expect(host.nics.count, is: 1)
            expect(host.ledger.count, is: 1)
        }
    }

    @Test("a helper that is killed while it replaces a former NIC leaves no uncounted NIC")
    func killedReplacing() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("eve veth br0 1")
            var killed = 0
            for round in 0..<12 {
                let first = Container(of: 2000)
                let nic = try NIC("web", first)
                let hold = "/run/test/held\(round)"
                shell("touch \(hold) && mount --bind /proc/\(first.process)/ns/net \(hold)")
                first.kill()
                while waitpid(-1, nil, WNOHANG) > 0 {}
                let second = Container(of: 2000)
                let outcome = script(
                    "kill-replacing", [nic.name, "\(second.process)", "\(round * round * 50)"])
                if outcome.lines.last == "137" { killed += 1 }
                expect(Set(host.nics).isSubset(of: host.rowNICs), "\(round): \(host.nics)")
                // Nothing that the interrupted run left may count towards the quota.
                second.end(host)
                let third = Container(of: 2000)
                expect(try NIC("web", third).address, is: nic.address, "\(round)")
                expect(host.ledger.count, is: 1, "\(round)")
                third.end(host)
                shell("umount \(hold)")
            }
            expect(killed > 3, "\(killed)")
        }
    }

    @Test(
        "NICs of one container, and of two with the same name, differ in number and address")
    func numbers() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let first = Container(of: 2000)
            let other = Container(of: 2000)
            let nics = [
                try NIC("web", first), try NIC("web", first), try NIC("web", other),
                try NIC("db", first), try NIC("web", other),
            ]
            expect(Set(nics.map(\.address)).count, is: 5)
            expect(
                nics.map { host.fact("alias", of: $0.name) ?? "" },
                is: ["", ":1", ":2", "", ":3"].enumerated().map {
                    "lxc:eve/\($0 == 3 ? "db" : "web")\($1)"
                })
            // The other container keeps its numbers, and the first gets the lowest ones again.
            first.end(host)
            let again = Container(of: 2000)
            expect(try NIC("web", again).address, is: nics[0].address)
            expect(try NIC("web", again).address, is: nics[1].address)
            expect(try NIC("web", again).address != nics[2].address)
            // Another user's container of that name has another address.
            host.allow("eve veth br0 100", "bob veth br0 1")
            let bobs = try NIC("web", Container(of: 2001), as: 2001)
            expect(bobs.address != nics[0].address)
            expect(host.fact("alias", of: bobs.name), is: "lxc:bob/web")
        }
    }

    @Test("the processes of the host are searched once for all running containers of one name")
    func searches() async {
        await #expect(processExitsWith: .success) {
            _ = try Host.withBridge()
            let containers = (1...7).map { _ in Container(of: 2000) }
            for container in containers.dropLast() { _ = try NIC("web", container) }
            let trace = "/run/test/trace"
            let outcome = TestSupport.run([
                "strace", "-qq", "-u", "eve", "-e", "trace=?open,openat", "-o", trace,
                Program.ours.installed, "create", "/p", "web", "\(containers[6].process)", "veth",
                "br0",
            ])
            expect(outcome.status, is: 0, "\(outcome)")
            let searches = contents(of: trace).split(separator: "\n")
                .filter { $0.contains(#""/proc", "#) }
            expect(searches.count, is: 1, "\(searches)")
        }
    }

    @Test("another interface that takes the host end's address does not change the NIC's address")
    func takenHostEnd() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("eve veth br0 9")
            let first = Container(of: 2000)
            let nic = try NIC("web", first)
            let hostEnd = try #require(host.fact("link/ether", of: nic.name))
            first.end(host)
            // As the owner of a tap device on the bridge can do.
            shell(
                "ip link add tap0 type dummy && ip link set tap0 address \(hostEnd) master br0 up")
            for _ in 1...2 {
                let again = Container(of: 2000)
                expect(try NIC("web", again).address, is: nic.address)
                again.end(host)
            }
        }
    }

    @Test("many NICs of one container have different addresses")
    func many() async {
        await #expect(processExitsWith: .success) {
            _ = try Host.withBridge()
            let container = Container(of: 2000)
            let nics = try (1...40).map { _ in try NIC("web", container) }
            expect(Set(nics.map(\.address)).count, is: 40)
        }
    }

    @Test(
        "an address that another NIC on the bridge has, or that is reserved, is not assigned again")
    func taken() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let own = try takeAndEnd("web", host)
            let tail = own.dropFirst(5)
            shell("ip link add thief address fe:bf\(tail) type veth peer name other")
            shell("ip link set thief master br0")
            let second = try takeAndEnd("web", host)
            expect(second != own && second.hasPrefix("b2:bf:"), second)
            expect(try takeAndEnd("web", host), is: second)
            // What a container sends does not take an address.
            shell("ip link delete thief; bridge fdb show br br0 >/dev/null")
            expect(try takeAndEnd("web", host), is: own)

            let reserved = { (holder: String) in
                write("br0 \(own) \(holder)\n", to: "/run/lxc/berth-reserved")
                shell("chmod 600 /run/lxc/berth-reserved")
            }
            for holder in ["2001 0 web", "2000 1 web", "2000 0 db"] {
                reserved(holder)
                expect(try takeAndEnd("web", host), is: second, holder)
            }
            reserved("2000 0 web")
            expect(try takeAndEnd("web", host), is: own)
            // A NIC that got the next address remains in use even if the first one is free again.
            reserved("2001 0 web")
            let container = Container(of: 2000)
            expect(try NIC("web", container).address, is: second)
            reserved("2000 0 web")
            let next = try NIC("web", container)
            expect(host.fact("alias", of: next.name), is: "lxc:eve/web:1")
        }
    }

    @Test("the address of the host's end shows that of the container; the group shows the options")
    func hostEnd() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let groups = ["": 0, "isolated": 1, "macfilter": 2, "isolated macfilter": 3]
            for (options, bits) in groups {
                host.allow("eve veth br0 9 \(options)")
                let nic = try NIC("web", Container(of: 2000))
                expect(host.fact("link/ether", of: nic.name), is: "fe" + nic.address.dropFirst(2))
                let group = host.fact("group", of: nic.name).flatMap { Int32($0) }
                expect(group.map { UInt32(bitPattern: $0) }, is: 0xbe00_0000 + UInt32(bits))
                expect(host.fact("addrgenmode", of: nic.name), is: "none")
            }
        }
    }

    @Test("a container with any name gets an alias in printable ASCII and an address of its own")
    func names() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let names = [
                "", "a b", "a\nb", "\u{1b}[31m", "caf\u{e9}", "a/b", "web:1", "a,b", "\\012",
                String(repeating: "n", count: 255), String(repeating: "\u{e9}", count: 127),
            ]
            var addresses: Set<String> = []
            for name in names {
                let container = Container(of: 2000)
                let nic = try NIC(name, container)
                addresses.insert(nic.address)
                let alias = contents(of: "/sys/class/net/\(nic.name)/ifalias").dropLast()
                expect(alias.hasPrefix("lxc:eve/") && alias.utf8.count <= 255, "\(alias)")
                expect(alias.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "\(alias)")
                container.kill()
                expect(try NIC(name, Container(of: 2000)).address, is: nic.address, name)
            }
            expect(addresses.count, is: names.count)
            expect(Set(host.nics).isSubset(of: host.rowNICs))
        }
    }
}

/// Starts a container, kills it, and waits until its NIC is gone.
private func takeAndEnd(_ name: String, _ host: Host) throws -> String {
    let container = Container(of: 2000)
    let nic = try NIC(name, container)
    container.end(host)
    return nic.address
}

/// A NIC that berth-nic has created.
struct NIC {
    /// Of the host's end.
    let name: String
    /// Of the container's end.
    let address: String

    init(_ container: String, _ process: Container, as user: Int = 2000) throws {
        let outcome = Program.ours.run(
            ["create", "/p", container, "\(process.process)", "veth", "br0"], as: user)
        let answer = try #require(Answer(outcome), "\(outcome)")
        name = answer.hostName
        let words = process.shell("ip -o link show \(answer.containerName)").output
            .split(separator: " ")
        let place = try #require(words.firstIndex(of: "link/ether"))
        address = String(words[place + 1])
    }
}
