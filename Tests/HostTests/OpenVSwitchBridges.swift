import TestSupport
import Testing

/// Bridges of a real Open vSwitch, whose userspace datapath needs no kernel module.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"), .serialized)
struct OpenVSwitchBridges {
    @Test("create adds the port, and delete removes NIC, row and port")
    func createAndDelete() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            shell("ip link set ovs0 mtu 1400")
            host.allow("eve veth ovs0 2 mtu=1300")
            let container = Container(of: 2000)
            let answers = try (1...2).map { _ in
                let outcome = Program.ours.create(container, on: "ovs0")
                return try #require(Answer(outcome), "\(outcome)")
            }
            expect(answers.map { $0.containerName }, is: ["eth0", "eth1"])
            expect(host.ports == Set(answers.map { $0.hostName }))
            expect(host.isInOrder(with: 2, on: "ovs0"))
            expect(container.shell("ip link show eth0").output.contains("mtu 1300"))
            expect(Program.ours.create(container, on: "ovs0").status, is: 1)
            expect(host.ports.count, is: 2)

            container.shell("ip addr add 10.9.0.2/24 dev eth0; ip link set eth0 up")
            shell("ip addr add 10.9.0.1/24 dev ovs0")
            let ping = container.shell(
                "for n in $(seq 30); do busybox ping -q -c 1 -W 1 10.9.0.1 && exit; done; exit 1")
            expect(ping.succeeded, "\(ping)")

            let gone = Program.ours.delete(answers[0].hostName, of: container, on: "ovs0")
            expect(gone.succeeded && gone.output == "\n" && gone.errorOutput.isEmpty, "\(gone)")
            expect(host.ports == [answers[1].hostName])
            expect(host.nics, is: [answers[1].hostName])
            expect(host.isInOrder(with: 1, on: "ovs0"))
        }
    }

    @Test("with vlan=N, the port is an access port of that VLAN, and rate is refused")
    func vlan() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 2 vlan=20", "eve veth ovs0 1 vlan=4094")
            let containers = try (2...4).map { number in
                let container = Container(of: 2000)
                let outcome = Program.ours.create(container, on: "ovs0")
                let nic = try #require(Answer(outcome), "\(outcome)").hostName
                let tag = shell("ovs-vsctl get port \(nic) tag").output
                expect(tag, is: number < 4 ? "20\n" : "4094\n")
                container.shell("ip addr add 10.9.0.\(number)/24 dev eth0; ip link set eth0 up")
                return container
            }
            func reaches(_ number: Int, tries: Int) -> Bool {
                let ping = "busybox ping -q -c 1 -W 1 10.9.0.\(number)"
                return containers[0].shell(
                    "for n in $(seq \(tries)); do \(ping) && exit; done; exit 1"
                ).succeeded
            }
            expect(reaches(3, tries: 30))
            expect(!reaches(4, tries: 3))
            host.allow("eve veth ovs0 9 vlan=20 rate=8M")
            let refused = Program.ours.create(containers[0], on: "ovs0")
            expect(refused.errorOutput.contains("remove rate from the line"), "\(refused)")
            expect(host.ports.count, is: 3)
        }
    }

    @Test("the next create removes ports without NICs, and frees their quota")
    func restart() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 2", "bob veth ovs0 1")
            let bobs = Program.ours.create(Container(of: 2001), on: "ovs0", as: 2001)
            let port = try #require(Answer(bobs), "\(bobs)").hostName
            for _ in 1...3 {
                let container = Container(of: 2000)
                let answers = try (1...2).map { _ in
                    let outcome = Program.ours.create(container, on: "ovs0")
                    return try #require(Answer(outcome), "\(outcome)").hostName
                }
                expect(host.ports == Set(answers + [port]), "\(host.ports)")
                container.end(host)
                expect(host.ports.count, is: 3, "Open vSwitch keeps the port")
            }
            // Only bob's NIC is left when eve's containers have ended.
            expect(host.nics, is: [port])
        }
    }

    @Test("no user can delete another user's NIC or its port")
    func foreignDelete() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 2", "bob veth ovs0 2")
            let eves = Container(of: 2000)
            let bobs = Container(of: 2001)
            let outcome = Program.ours.create(eves, on: "ovs0")
            let nic = try #require(Answer(outcome), "\(outcome)").hostName
            expect(Program.ours.create(bobs, on: "ovs0", as: 2001).status, is: 0)
            for (name, container, user) in [
                (nic, bobs, 2001), (nic, eves, 2001), (nic, bobs, 2000), ("ovs0", eves, 2000),
            ] {
                let refused = Program.ours.delete(name, of: container, on: "ovs0", as: user)
                expect(refused.status, is: 1, "\(refused)")
            }
            expect(host.ports.count, is: 2)
            expect(host.ports.contains(nic))
            expect(host.ledger.count, is: 2)
        }
    }

    @Test("a tap device is not treated as a bridge, and the options of bridge ports are refused")
    func refusals() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            shell("ip tuntap add dev vpn0 mode tap; ip link set vpn0 up")
            host.allow("eve veth vpn0 9", "eve veth ovs0 9 isolated")
            let container = Container(of: 2000)
            let tun = Program.ours.create(container, on: "vpn0")
            expect(tun.status, is: 1)
            expect(
                tun.errorOutput.contains("vpn0 is a network interface but not a bridge"), "\(tun)")
            for option in ["isolated", "macfilter", "ipfilter"] {
                host.allow("", "eve veth ovs0 9 \(option)")
                let refused = Program.ours.create(container, on: "ovs0")
                expect(refused.status, is: 1)
                expect(refused.errorOutput.contains("line 2 of /etc/lxc/lxc-usernet"), "\(refused)")
                expect(refused.errorOutput.contains("ovs0"), "\(refused)")
                expect(refused.errorOutput.contains("remove \(option) from"), "\(refused)")
            }
            expect(host.isInOrder(with: 0, on: "ovs0"))
            expect(host.ports == [])
        }
    }

    @Test("create fails without ovs-vsctl, database or an answering switch, and leaves nothing")
    func outOfOrder() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 9")
            let container = Container(of: 2000)
            func refused(saying words: String...) {
                let outcome = Program.ours.create(container, on: "ovs0")
                expect(outcome.status, is: 1)
                expect(outcome.errorOutput.count { $0 == "\n" }, is: 1)
                for word in words {
                    expect(outcome.errorOutput.contains(word), "\(word): \(outcome)")
                }
                expect(host.isInOrder(with: 0, on: "ovs0"), "\(outcome)")
            }
            // The switch is stopped: the port waits in the database.
            shell("kill -STOP $(cat /run/openvswitch/ovs-vswitchd.pid)")
            let time = ContinuousClock().measure { refused(saying: "/usr/bin/ovs-vsctl") }
            expect(time < .seconds(120), "\(time)")
            shell("kill -CONT $(cat /run/openvswitch/ovs-vswitchd.pid)")
            expect(host.ports == [], "\(host.ports)")

            shell(
                """
                mkdir /run/test/usr /run/test/farm; mount --bind /usr/bin /run/test/usr
                cp -s /run/test/usr/* /run/test/farm; rm /run/test/farm/ovs-vsctl
                mount --bind /run/test/farm /usr/bin
                """)
            refused(
                saying:
                    "/usr/bin/ovs-vsctl is needed for this bridge, but is not installed: install")
            shell("umount /usr/bin")

            shell("kill -KILL $(cat /run/openvswitch/ovsdb-server.pid)")
            refused(saying: "/usr/bin/ovs-vsctl failed with status 1", "database connection failed")
        }
    }

    @Test("ovs-vsctl runs as root and inherits nothing from the caller")
    func privileges() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 9")
            shell("cp /usr/bin/ovs-vsctl /run/test/")
            shell("mount --bind \(scripts)ovs-vsctl.sh /usr/bin/ovs-vsctl")
            let outcome = Program.ours.create(
                Container(of: 2000), on: "ovs0", groups: [3000],
                environment: ["OVS_RUNDIR": "/run/test", "LD_LIBRARY_PATH": "/run/test", "X": "y"],
                prefix: "cd /run/test; umask 0; exec prlimit --fsize=0: env --block-signal "
                    + "--ignore-signal=PIPE,CHLD,TERM 3</etc/hosts 5</etc/hosts")
            let nic = try #require(Answer(outcome), "\(outcome)").hostName
            let seen = contents(of: "/run/test/seen").split(separator: "\n").map(String.init)
            let runs = seen.split { $0.hasPrefix("words: ") }.map(Array.init)
            let surroundings = [
                "/", "0022", "unlimited", "Uid: 0 0 0 0", "Gid: 0 0 0 0", "Groups:",
                "SigBlk: 0000000000000000",
                "/dev/null", "/run/test/seen",
            ]
            expect(runs.count >= 2, "\(seen)")
            for (number, run) in runs.enumerated() {
                let others = run.filter { !$0.hasPrefix("SigIgn") }
                // Only the one that adds the port inherits a lock.
                let locks = number == runs.count - 1 ? ["/run/lxc/nics.lock"] : []
                expect(others.sorted(), is: (surroundings + locks).sorted())
                // PIPE, TERM and CHLD; the shell that runs ovs-vsctl.sh ignores another signal.
                let ignored = run.first { $0.hasPrefix("SigIgn") }?.split(separator: " ").last
                expect((UInt64(ignored ?? "", radix: 16) ?? .max) & 0x15000, is: 0, "\(run)")
            }
            let words = seen.filter { $0.hasPrefix("words: ") }.map { $0.dropFirst(7) }
            expect(words.allSatisfy { $0.hasPrefix("--timeout=5 -- ") }, "\(words)")
            let address = shell("ovs-vsctl get Interface \(nic) external_ids:attached-mac").output
            expect(
                words.last ?? "",
                is: "--timeout=5 -- --if-exists del-port ovs0 \(nic) -- "
                    + "add-port ovs0 \(nic) -- set Interface \(nic) "
                    + "external_ids:iface-id=\"berth-2000-web-0\" "
                    + "external_ids:attached-mac=\(address.split(separator: "\n").first ?? "")")
        }
    }

    @Test(
        "ovs-vsctl runs whatever the caller's limits on processes and descriptors"
    )
    func limits() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withSwitch()
            host.allow("eve veth ovs0 9")
            let container = Container(of: 2000)
            let choices = ["--nproc=1", "--nproc=0", "--nofile=4:", "--cpu=1:", "--as=12000000:"]
            for (number, choice) in choices.enumerated() {
                let outcome = Program.ours.create(
                    container, on: "ovs0", prefix: "exec 3>&- 0<&- 2>&-; exec prlimit \(choice)")
                expect(outcome.status, is: 0, "\(choice): \(outcome)")
                expect(host.isInOrder(with: number + 1, on: "ovs0"), choice)
                expect(host.ports == Set(host.nics), choice)
            }
        }
    }
}

extension Host {
    /// A host with Open vSwitch's daemons and their bridge `ovs0`.
    static func withSwitch() throws -> Host {
        let host = try Host.enter()
        let made = script("open-vswitch")
        try #require(made.succeeded, "\(made)")
        return host
    }

    /// The ports of `ovs0` in Open vSwitch's database.
    var ports: Set<String> { Set(shell("ovs-vsctl list-ports ovs0").lines) }
}

private let scripts = String(#filePath.dropLast("OpenVSwitchBridges.swift".count)) + "scripts/"
