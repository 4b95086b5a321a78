import Linux
import Network

@testable import StatusReport

// A host with two networks and three containers of two users.

extension HostStatus {
    static var example: HostStatus {
        var status = HostStatus(requester: Requester(user: "root", uid: 0))
        status.networks = [
            network("lxcbr0", .up, "10.0.3.1/24", "fd42:1b2c::1/64", mtu: 1500, leases: 2) {
                $0.firewallState = .asConfigured
                $0.firewall = "nft table inet berth_lxcbr0"
                $0.dnsmasq = 812
                $0.forwards = ["tcp:8080=10.0.3.100:80"]
                $0.reservations = 1
            },
            network("dmz0", .incomplete, "10.0.9.1/24", mtu: 1400, leases: 0) {
                $0.firewallState = .differs
                $0.foreign = [
                    "the firewall chain ip filter FORWARD (docker) drops packets from and to "
                        + "dmz0: run iptables -I DOCKER-USER -i dmz0 -j ACCEPT and iptables -I "
                        + "DOCKER-USER -o dmz0 -j ACCEPT, or set LXC_FIREWALL_FOREIGN=\"true\""
                ]
                $0.missing = ["+ dmz0: firewall table inet berth_dmz0", "+ dmz0: dnsmasq"]
            },
        ]
        status.nics = [
            .of("alice", "web", on: "lxcbr0", "veth1000_Xy3Z", "10.0.3.100", 12_910_592),
            .of("alice", "web", on: "dmz0", "veth1000_aB1c", "10.0.9.7", 0, owner: "@staff"),
            .of("alice", "db", on: "lxcbr0", "veth1000_Q9pL", nil, 900),
            .of("bob", "mail", on: "dmz0", "veth1001_0000", "10.0.9.8", 1 << 40),
        ]
        status.quotas = [
            QuotaReport(owner: "@staff", bridge: "dmz0", used: 1, allowed: 20),
            QuotaReport(owner: "alice", bridge: "lxcbr0", used: 2, allowed: 2),
            QuotaReport(owner: "bob", bridge: "dmz0", used: nil, allowed: 1),
        ]
        status.leases = [
            LeaseReport(
                bridge: "lxcbr0", address: "10.0.3.100", hardwareAddress: "00:16:3e:11:22:33",
                hostName: "web", nic: "veth1000_Xy3Z", user: "alice", container: "web",
                endsUnixSeconds: 2_000_000_000, remainingSeconds: 3480),
            LeaseReport(
                bridge: "lxcbr0", address: "10.0.3.7", hardwareAddress: nil, hostName: nil,
                nic: nil, user: nil, container: nil, endsUnixSeconds: nil, remainingSeconds: nil),
        ]
        let web = use(memory: 30 << 20, of: 40 << 20, cpu: 610_000, tasks: 7)
        status.cgroups = CgroupReport(
            path: "/sys/fs/cgroup/berth", isSetUp: true,
            users: [
                .init(
                    user: "alice", uid: 1000,
                    use: use(memory: 53 << 20, of: 2 << 30, cpu: 1_250_000, tasks: 14, of: 2000),
                    limits: ["memory.max": "2147483648", "pids.max": "2000"],
                    leaves: [
                        .init(
                            name: "run-Xy3ZabCD", use: web,
                            containers: [.init(name: "web", use: web)], commands: []),
                        .init(
                            name: "run-00000000", use: use(memory: 1 << 20, cpu: 9_000, tasks: 2),
                            containers: [], commands: ["bash", "vim", "bash", "less"]),
                    ]),
                .init(
                    user: "bob", uid: 1001, use: use(cpu: 200_000), limits: [:], leaves: []),
            ])
        status.summary = StatusSummary(status)
        return status
    }

    static func use(
        memory: UInt64? = nil, of bound: UInt64? = nil, cpu: UInt64? = nil, tasks: UInt64? = nil,
        of most: UInt64? = nil
    ) -> CgroupReport.Use {
        CgroupReport.Use(
            memoryBytes: memory, memoryMaxBytes: bound, cpuMicroseconds: cpu,
            cpuMaxMicrosecondsPerSecond: nil, tasks: tasks, tasksMax: most)
    }
}

extension NICReport {
    static func of(
        _ user: String, _ container: String, on bridge: String, _ host: String, _ address: String?,
        _ bytes: UInt64, owner: String? = nil
    ) -> NICReport {
        NICReport(
            hostName: host, bridge: bridge, owner: owner ?? user, user: user,
            container: UntrustedText(container), identity: "\(user)/\(container)",
            processID: 4711, command: "init", name: "eth0", hardwareAddress: "00:16:3e:11:22:33",
            addresses: address.map { [$0] } ?? [], isUp: true, receivedBytes: bytes,
            sentBytes: bytes / 2, receivedPackets: 1, sentPackets: 1)
    }
}

private func network(
    _ bridge: String, _ state: NetworkStatus.State, _ addresses: String..., mtu: UInt32,
    leases: Int, with details: (inout NetworkStatus) -> Void
) -> NetworkReport {
    var status = NetworkStatus(bridge: bridge)
    status.state = state
    status.addresses = addresses
    status.mtu = mtu
    status.ports = ["veth1", "veth2"]
    status.leases = leases
    details(&status)
    return NetworkReport(status: status)
}
