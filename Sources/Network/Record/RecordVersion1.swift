/// The format of records from before Berth recorded addresses and settings one by one.
///
/// It has types of its own, so that new members of other types do not change how existing files are
/// read.
struct RecordVersion1: Decodable {
    let networks: [Entry]
    let left: [BridgeName]
    let replacesStock: Bool

    struct Entry: Decodable {
        let wanted: Network
        let madeBridge: Bool
        let firewall: Firewall?
        let dnsPort: UInt16
        let configurationDigest: String?
        let mended: [Adjusted]
        let isWhole: Bool
    }

    struct Firewall: Decodable {
        let dialect: Record.AppliedFirewall.Dialect
        let said: String
        let found: String
    }

    struct Adjusted: Decodable {
        let sentence: String
        let apply: [[String]]
        let undo: [[String]]
    }

    struct Network: Decodable {
        let bridge: BridgeName
        let hardwareAddress: String?
        let mtu: UInt32
        let ipv4: Subnet<IPv4Address>
        let ipv6: Subnet<IPv6Address>?
        let dhcp: DHCP
        let dns: DNS
        let advertisesRouter: Bool
        let isolates: Bool
        let forwards: [Forward]
        let firewall: FirewallChoice
    }

    struct Subnet<Address: IPAddress>: Decodable {
        let address: Address
        let network: Prefix<Address>
        let translates: Bool
    }

    struct DHCP: Decodable {
        let first: IPv4Address
        let last: IPv4Address
        let details: [String]
        let maximum: Int
        let pings: Bool
        let configurationFile: String?
        let reservations: [Reservation]
    }

    struct DNS: Decodable {
        let port: UInt16
        let domain: String?
    }

    struct FirewallChoice: Decodable {
        let prefersNft: Bool
        let mendsForeign: Bool
    }
}

extension RecordVersion1 {
    /// Version 1 says only whether berth-net created or took over the bridge. If so, all that the
    /// record names counts as created. Otherwise nothing is known, and everything stays.
    var upgraded: Record {
        var record = Record()
        record.networks = networks.map { entry in
            let origin = entry.madeBridge ? Origin.made : .unknown
            let desired = entry.wanted.upgraded
            return Record.Entry(
                desired: desired, bridge: origin,
                addresses: desired.addresses.map { .init(address: $0, origin: origin) },
                hasUnrecordedIsolation: desired.isolates,
                firewall: entry.firewall.map {
                    .init(dialect: $0.dialect, rendered: $0.said, observed: $0.found)
                },
                dnsPort: entry.dnsPort, configurationDigest: entry.configurationDigest,
                foreignFixes: entry.mended.map {
                    .init(apply: $0.apply, undo: $0.undo, sentence: $0.sentence)
                },
                isComplete: entry.isWhole)
        }
        record.left = left.map { .init(bridge: $0, index: nil) }
        record.replacesStock = replacesStock
        return record
    }
}

extension RecordVersion1.Network {
    fileprivate var upgraded: DesiredNetwork {
        DesiredNetwork(
            bridge: bridge, hardwareAddress: hardwareAddress, mtu: mtu, ipv4: ipv4.upgraded,
            ipv6: ipv6?.upgraded,
            dhcp: .init(
                first: dhcp.first, last: dhcp.last, details: dhcp.details, maximum: dhcp.maximum,
                pings: dhcp.pings, configurationFile: dhcp.configurationFile,
                reservations: dhcp.reservations, isDisabled: false),
            dns: .init(
                port: dns.port, domain: dns.domain, managesNames: false, isRoutedByHost: false),
            advertisesRouter: advertisesRouter,
            isolates: isolates, forwards: forwards,
            firewall: .init(
                prefersNft: firewall.prefersNft, fixesForeign: firewall.mendsForeign),
            filtersSources: false, isVLANAware: false, filtersAddresses: false)
    }
}

extension RecordVersion1.Subnet {
    fileprivate var upgraded: DesiredNetwork.Subnet<Address> {
        .init(address: address, network: network, translates: translates)
    }
}
