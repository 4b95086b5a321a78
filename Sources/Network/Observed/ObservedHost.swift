internal import Linux
internal import Netlink

/// The observed settings of the host that all networks share.
package struct ObservedHost: Sendable {
    package var ipv4 = Forwarding(path: Sysctls.forwarding4)
    package var ipv6 = Forwarding(path: Sysctls.forwarding6)
    /// Interfaces with a default route from router advertisements (accept_ra).
    package var advertisedUplinks: [String] = []
    /// Kernel settings by path under /proc/sys, if the file exists.
    package var kernel: [String: String] = [:]

    package init() {}

    package struct Forwarding: Sendable {
        package let path: String
        package var exists = false
        package var isEnabled = false
        /// The settings that the kernel overwrites when forwarding is enabled and disabled again.
        package var kept: [Network.Forwarding.KernelValue] = []
        /// The interfaces of other programs that use forwarding.
        package var users: [String] = []
        /// All interfaces that need forwarding when they are up, including those that are down and
        /// those of berth-net's networks.
        package var candidates: [String] = []

        /// Whether berth-net restores the settings of individual interfaces after another program
        /// disabled forwarding. If berth-net had not enabled IPv4 forwarding (ip_forward), that
        /// program would have written 0 over 0, which leaves these settings unchanged. For IPv6,
        /// writing 0 resets all interfaces even then.
        var restoresInterfaceSettings: Bool { path == Sysctls.forwarding4 }
    }

    /// - Parameter bridges: those of berth-net's networks, before and after the changes.
    init(_ facts: HostFacts, _ record: Record.HostEntry, bridges: [BridgeName]) {
        let uplinks = facts.routes.filter { $0.isDefault && $0.isAdvertised }
        advertisedUplinks = facts.interfaces.filter { interface in
            uplinks.contains { $0.goesOut(through: interface.index) }
                && !bridges.contains { $0.interface == interface.name }
        }
        .compactMap { $0.name?.description }
        var paths = advertisedUplinks.map { Sysctls.acceptsAdvertisements($0) }
        for case .kernel(let path) in record.alterations.map(\.attribute) { paths.append(path) }
        paths += record.forwarding.flatMap(\.kept).map(\.path)
        for path in paths { kernel[path] = kernelSetting(path) }
        let all = facts.interfaces.compactMap { $0.name?.description } + ["default"]
        ipv4.observe(all.map { Sysctls.forwards4($0) }, and: [Sysctls.acceptsRedirects4])
        ipv6.observe(all.map { Sysctls.forwards6($0) })
        func names(_ isIPv6: Bool, _ isIncluded: (Interface) -> Bool) -> [String] {
            facts.interfaces.filter { isIncluded($0) && facts.isRouted($0, isIPv6: isIPv6) }
                .map(\.description)
        }
        func isInUse(_ interface: Interface) -> Bool {
            interface.isUp && !bridges.contains { $0.interface == interface.name }
        }
        (ipv4.users, ipv6.users) = (names(false, isInUse), names(true, isInUse))
        (ipv4.candidates, ipv6.candidates) = (names(false) { _ in true }, names(true) { _ in true })
    }
}

extension ObservedHost.Forwarding {
    /// - Parameter switches: the settings of individual interfaces that the kernel changes together
    ///   with the setting of the host; those that are 1 are kept.
    fileprivate mutating func observe(_ switches: [String], and others: [String] = []) {
        guard let now = kernelSetting(path) else { return }
        (exists, isEnabled) = (true, now != "0")
        guard !isEnabled else { return }
        kept =
            switches.filter { kernelSetting($0) == "1" }.map { .init(path: $0, value: "1") }
            + others.compactMap { path in
                kernelSetting(path).map { .init(path: path, value: $0) }
            }
    }
}

extension HostFacts {
    /// Whether an interface needs forwarding: a veth whose other end is in another namespace, or
    /// another virtual interface with an address, except dummies, VLANs and bonds. Ports of bridges
    /// do not.
    fileprivate func isRouted(_ interface: Interface, isIPv6: Bool) -> Bool {
        guard interface.master == nil else { return false }
        switch interface.kind {
        case .noKind, .dummy, .vlan, .bond: return false
        case .veth where interface.peerNamespace != nil: return true
        default:
            return globalAddresses(of: interface.index).contains {
                ($0.bytes.count == 16) == isIPv6
            }
        }
    }
}
