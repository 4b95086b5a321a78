internal import HostPaths

/// Why NICs with `ipfilter` are refused on a bridge.
package enum AddressFilterObstacle: Equatable, Sendable {
    case notANetwork
    case noDHCP
    case uplink
    case noNft

    /// - Parameter usesNft: whether the network's rules are those of nft.
    package init?(_ network: DesiredNetwork?, usesNft: Bool) {
        guard let network else {
            self = .notANetwork
            return
        }
        guard !network.dhcp.isDisabled else {
            self = network.uplink == nil ? .noDHCP : .uplink
            return
        }
        guard !usesNft else { return nil }
        self = .noNft
    }

    /// What follows the name of the bridge, and how to fix it.
    package var texts: (reason: String, fix: String) {
        switch self {
        case .notANetwork:
            (
                "is not a bridge of berth-net",
                "remove ipfilter from the line, or name a bridge of berth-net"
            )
        case .noDHCP:
            ("has LXC_DHCP=\"false\"", "set LXC_DHCP=\"true\", or remove ipfilter from the line")
        case .uplink:
            (
                "is part of a LAN (LXC_UPLINK), and the filter learns no addresses from other "
                    + "DHCP servers",
                "write macfilter instead of ipfilter, or make this host the DHCP server of the LAN "
                    + "with LXC_ADDR and LXC_DHCP=\"true\""
            )
        case .noNft:
            (
                "has no nft rules",
                "install nftables and set LXC_USE_NFT=\"true\", or remove ipfilter from the line"
            )
        }
    }

    package func warning(line: Int, bridge: String) -> String {
        "line \(line) of \(Paths.usernet) has ipfilter, but \(bridge) \(texts.reason), so "
            + "berth-nic refuses NICs there: \(texts.fix)"
    }
}
