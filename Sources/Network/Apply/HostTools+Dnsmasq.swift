internal import HostPaths
internal import Linux

extension HostTools {
    borrowing func startDnsmasq(
        _ bridge: BridgeName, _ words: [String], meanwhile: () -> Void = {}
    ) throws(Failure) {
        try StateDirectory.create(Paths.lxcRuntime)
        try StateDirectory.create(Paths.leases)
        if words.contains("--hostsdir=\(DnsmasqPaths.containerNames(of: bridge))") {
            try NamesDirectory(bridge: bridge).create()
        }
        do throws(Failure) { try runDnsmasq(words, meanwhile: meanwhile) } catch {
            NamesDirectory(bridge: bridge).removeIfEmpty()
            throw error
        }
    }

    borrowing func runDnsmasq(
        _ words: [String], meanwhile: () -> Void = {}
    ) throws(Failure) {
        guard let dnsmasq else { throw Failure("dnsmasq is no longer installed: install it") }
        // dnsmasq goes into the background as soon as it is ready, so this does not wait for its
        // exit.
        _ = try Self.run(dnsmasq, words, atMost: 10_000, meanwhile: meanwhile)
    }

    func stopDnsmasq(_ bridge: BridgeName) throws(Failure) {
        do { try DnsmasqProcess.stop(bridge) } catch {
            throw Failure("cannot stop the dnsmasq of \(bridge): \(error)")
        }
        NamesDirectory(bridge: bridge).removeIfEmpty()
    }
}
