internal import Cgroups
internal import Linux
internal import Network

/// Whether the dnsmasq of a network can answer.
struct DnsmasqFacts: Equatable, Sendable {
    /// Whether a signal has stopped it (SIGSTOP).
    var isStopped = false
    /// The frozen cgroup that contains it.
    var frozenCgroup: UntrustedText?
    /// Whether a program has bound the port of DHCP servers.
    var isDHCPPortBound = true
    /// Whether it has bound that port itself; `nil` for requesters other than root.
    var hasBoundDHCPPort: Bool?
    /// Whether it answered a DNS query; `nil` if it serves no DNS.
    var answersDNS: Bool?

    /// The queries to those that serve DNS.
    static func probes(
        of networks: [NetworkStatus]
    ) -> [(bridge: String, server: NameServerProbe.Server)] {
        networks.filter { $0.dnsmasq != nil && $0.dnsPort != 0 }.compactMap { network in
            guard let desired = network.desired, let address = desired.ipv4?.address else {
                return nil
            }
            return (
                network.bridge,
                NameServerProbe.Server(
                    address.bytes, port: network.dnsPort, domain: desired.dns.domain)
            )
        }
    }

    /// The servers of networks, by bridge.
    /// - Parameter answers: whether they answered, by bridge.
    static func all(
        of networks: [NetworkStatus], cgroupMount: String?, answers: [String: Bool]
    ) -> [String: DnsmasqFacts] {
        var facts: [String: DnsmasqFacts] = [:]
        let sockets = Sockets.listening().all.filter { $0.transport == .udp && $0.port == 67 }
        for network in networks {
            guard let number = network.dnsmasq else { continue }
            let process = ProcessID(number)
            var server = DnsmasqFacts()
            let status = (try? ProcessStatus(of: process)) ?? nil
            server.isStopped = status?.words("State").first?.first.map { $0 == 0x54 } ?? false
            server.frozenCgroup = cgroupMount.flatMap { frozenCgroup(of: process, at: $0) }
            server.isDHCPPortBound = !sockets.isEmpty
            if isRoot { server.hasBoundDHCPPort = Sockets.hold(sockets, process: number) }
            facts[network.bridge] = server
        }
        for (bridge, answer) in answers { facts[bridge]?.answersDNS = answer }
        return facts
    }

    /// A program that has bound the port of DHCP servers, and serves no network of berth-net.
    static func otherServer(besides network: HostNetworkStatus) -> String? {
        let sockets = Sockets.listening().all.filter { $0.transport == .udp && $0.port == 67 }
        guard !sockets.isEmpty, network.networks.allSatisfy({ $0.dnsmasq == nil }) else {
            return nil
        }
        return Sockets.holder(of: sockets)
    }

    /// The highest of the cgroups above the process that have `cgroup.freeze` set.
    private static func frozenCgroup(of process: ProcessID, at mount: String) -> UntrustedText? {
        guard let file = try? process.cgroupFile(),
            let line = Lines(bytes: file).first(where: { file[$0].starts(with: "0::/".utf8) })
        else { return nil }
        var path = Array(mount.utf8)
        for name in file[line].dropFirst(3).split(separator: 0x2f) {
            path += [0x2f] + name
            let setting = String(decoding: path + "/cgroup.freeze".utf8, as: UTF8.self)
            if kernelSetting(setting) == "1" { return UntrustedText(path) }
        }
        return nil
    }
}
