/// The changes that make the resolver of this host resolve the names of containers.
extension Planner {
    /// These changes follow those of dnsmasq, which must answer first.
    func hostDNS(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        let bridge = desired.bridge
        let former = record?.hostDNS
        let isOwn = former.map { observed.hostDNS == $0.expected } ?? false
        let route = desired.hostDNSRoute(
            capabilities.hostResolver, dnsPort: dnsPort(desired, observed))
        guard let route else {
            guard let former, isOwn else { return [] }
            return [.routeNames(bridge, from: former, to: nil)]
        }
        if observed.hostDNS == route.expected { return [] }
        guard isOwn || observed.hostDNS.isEmpty else { return [] }
        return [.routeNames(bridge, from: isOwn ? former : nil, to: route)]
    }

    /// This change comes before dnsmasq is stopped.
    func hostDNSRemoval(_ record: Record.Entry, _ observed: ObservedNetwork) -> [Change] {
        guard let route = record.hostDNS, observed.hostDNS == route.expected else { return [] }
        return [.routeNames(record.desired.bridge, from: route, to: nil)]
    }

    /// The warning that the administrator has configured the bridge in the resolver.
    func hostDNSWarning(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> String? {
        let route = desired.hostDNSRoute(
            capabilities.hostResolver, dnsPort: dnsPort(desired, observed))
        guard let route, !observed.hostDNS.isEmpty,
            observed.hostDNS != route.expected, observed.hostDNS != record?.hostDNS?.expected
        else { return nil }
        let now = (observed.hostDNS.servers + observed.hostDNS.domains).joined(separator: " ")
        return "\(route.resolver.rawValue) already has settings for \(desired.bridge) (\(now)), "
            + "which are kept, so this host does not resolve names in \(route.domain): remove "
            + "them, or set LXC_HOST_DNS=\"false\""
    }
}
