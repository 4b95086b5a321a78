internal import Linux

/// The networks that the settings ask for, and what is in their way: for whoever only looks, with the
/// rights that he has.
package struct Survey: Sendable {
    package struct Network: Sendable {
        package let bridge: String
        /// `file:line` that names it, or its file.
        package let addresses: [[UInt8]]
        package let dnsPort: UInt16
        /// The process of its dnsmasq.
        package var dnsmasq: Int32?
        /// Who has its name server's port.
        package var portHolder: String?
        /// Other programs' chains in its way; `nil` where only root sees them.
        package var foreign: [ForeignFirewall]?
        /// What berth-net made and has been lost since; `nil` where only root sees it.
        package var missing: [String]?
    }

    package var networks: [Network] = []
    package var problems: [String] = []
    /// Where a network is switched off.
    package var switchedOff: [String] = []
    package var hasDnsmasq = true
    /// Why nothing could be seen.
    package var failure: String?
    /// Why what berth-net made could not be compared with what there is.
    package var recordFailure: String?

    package init() {}

    package static func look(asRoot: Bool) -> Survey {
        var survey = Survey()
        do { try survey.look(asRoot) } catch { survey.failure = "\(error)" }
        return survey
    }

    private mutating func look(_ asRoot: Bool) throws {
        let record = (try? Record.load()) ?? nil
        let service = Service(tools: try HostTools.open())
        let observer = try service.observer(record: record, readsIptables: false)
        let wanted = DesiredState(SettingsFiles.read(), observer.facts)
        problems = wanted.problems.map(\.description)
        switchedOff = wanted.switchedOff.map(\.description)
        hasDnsmasq = observer.capabilities.hasDnsmasq
        var warnings: [String] = []
        let foreign =
            asRoot ? service.foreignFirewalls(observer, wanted.networks, &warnings) : nil
        var status: Status?
        if asRoot {
            do { status = try service.status() } catch { recordFailure = "\(error)" }
        }
        networks = wanted.networks.map { network in
            let bridge = network.bridge.description
            var seen = Network(
                bridge: bridge, addresses: network.addresses.map(\.bytes),
                dnsPort: network.dns.port)
            seen.dnsmasq = DnsmasqProcess.glimpse(network.bridge)?.process
            seen.portHolder = Self.holder(network, besides: seen.dnsmasq, asRoot)
            seen.foreign = foreign.map { $0[network.bridge] ?? [] }
            seen.missing = status.map {
                $0.networks.first { $0.bridge == bridge && $0.state == .incomplete }?.missing ?? []
            }
            return seen
        }
    }

    private static func holder(
        _ network: DesiredNetwork, besides dnsmasq: Int32?, _ asRoot: Bool
    ) -> String? {
        let port = network.dns.port
        guard port != 0 else { return nil }
        var inodes = Sockets.listening(at: port, on: network.addresses.map(\.bytes))
        guard let dnsmasq else { return inodes.isEmpty ? nil : Sockets.holder(of: inodes) }
        // Whose sockets are whose only root sees: where its own server runs, they are taken for its.
        guard asRoot else { return nil }
        let own = Sockets.held(by: dnsmasq)
        inodes.removeAll { own.contains($0) }
        return inodes.isEmpty ? nil : Sockets.holder(of: inodes)
    }
}
