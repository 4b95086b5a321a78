/// The changes to settings that belong to the host, not to a network.
package struct HostPlan: Sendable {
    /// The changes to make before rules are removed.
    package var disabling: [Change] = []
    /// The changes to make after rules are created.
    package var enabling: [Change] = []
    package var warnings: [String] = []

    /// Makes this host a router (net.ipv4.ip_forward) while a network needs it, and undoes that
    /// afterwards.
    ///
    /// An uplink that learns its route from router advertisements is first configured to keep
    /// accepting them (accept_ra=2): by default, a router ignores them.
    package init(for networks: [DesiredNetwork], _ host: ObservedHost, _ record: Record.HostEntry) {
        let path6 = Sysctls.forwarding6
        forward(host.ipv4, isNeeded: networks.contains { $0.ipv4 != nil }, host, record)
        let needs6 = networks.contains { $0.ipv6 != nil }
        if needs6 {
            enabling += host.advertisedUplinks.compactMap {
                let path = Sysctls.acceptsAdvertisements($0)
                return host.kernel[path] == "1"
                    ? .setKernel(path: path, from: "1", to: "2") : nil
            }
        }
        let was6 = record.forwarding.contains { $0.path == path6 }
        forward(host.ipv6, isNeeded: needs6, host, record)
        let remains6 =
            was6 && host.ipv6.isEnabled && disabling.allSatisfy { !$0.isForwarding(path6) }
        guard !needs6, !remains6 else { return }
        disabling += record.alterations.reversed().compactMap { alteration in
            guard case .kernel(let path) = alteration.attribute,
                host.kernel[path] == alteration.after
            else { return nil }
            return .setKernel(path: path, from: alteration.after, to: alteration.before)
        }
    }

    private mutating func forward(
        _ observed: ObservedHost.Forwarding, isNeeded: Bool, _ host: ObservedHost,
        _ record: Record.HostEntry
    ) {
        let made = record.forwarding.first { $0.path == observed.path }
        if isNeeded {
            guard observed.exists, !observed.isEnabled else { return }
            let former = observed.restoresInterfaceSettings ? made?.kept ?? [] : []
            let kept =
                former + observed.kept.filter { new in !former.contains { $0.path == new.path } }
            let forwarding = Forwarding(
                path: observed.path, kept: kept, bystanders: made?.bystanders ?? observed.candidates
            )
            enabling.append(.setForwarding(forwarding, true))
            return
        }
        guard let made else { return }
        guard observed.isEnabled else {
            if observed.restoresInterfaceSettings,
                made.kept.contains(where: {
                    isKnown($0, host) && host.kernel[$0.path] != $0.value
                })
            {
                disabling.append(.setForwarding(made, false))
            }
            return
        }
        let others = observed.users.filter { !made.bystanders.contains($0) }
        guard others.isEmpty else {
            warnings.append(
                "\(Sysctls.name(of: observed.path)) remains 1, because interfaces that appeared "
                    + "after Berth enabled it may need it: \(others.joined(separator: ", "))")
            return
        }
        // Leave values that have been changed again since.
        let kept = made.kept.filter { host.kernel[$0.path] == $0.valueWhileForwarding }
        disabling.append(
            .setForwarding(
                Forwarding(path: made.path, kept: kept, bystanders: made.bystanders), false))
    }

    /// Whether the interface of a setting still exists.
    private func isKnown(_ kept: Forwarding.KernelValue, _ host: ObservedHost) -> Bool {
        host.kernel[kept.path] != nil
    }
}

extension Change {
    fileprivate func isForwarding(_ path: String) -> Bool {
        if case .setForwarding(let forwarding, _) = self { forwarding.path == path } else { false }
    }
}
