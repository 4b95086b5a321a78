internal import HostPaths
internal import Identity
internal import Linux
internal import Netlink
internal import Network

/// Whether containers keep their hardware (MAC) addresses: berth-nic derives these with a key.
enum HardwareAddresses: Check {
    static let name = "hardware-addresses"

    static func findings(_ facts: Facts) -> [Finding] { reservations(facts) + key(facts) }

    /// An address in the configuration prevents a reservation for the container from applying:
    /// dnsmasq knows the container by the address that berth-nic gives the NIC.
    private static func reservations(_ facts: Facts) -> [Finding] {
        guard let container = facts.target.container else { return [] }
        var findings: [Finding] = []
        for (position, nic) in facts.config.nics.filter({ $0.type == "veth" }).enumerated() {
            guard let setting = nic.setting("hwaddr"), let address = HardwareAddress(setting.value),
                let network = facts.network.networks.first(where: { network in
                    nic.link.map { $0 == network.bridge } ?? false
                })
            else { continue }
            let owner = facts.target.account.name
            let all: [Reservation] = network.desired?.dhcp.reservations ?? []
            let found = all.first { reservation in
                guard let label = reservation.container?.label else { return false }
                return label.user == owner && label.name == container.bytes
                    && label.number == position
            }
            guard let found, let own = found.container?.hardwareAddresses else { continue }
            if case .fixed(let address) = address {
                let isOwn =
                    own.isEmpty
                    ? HardwareBlock(containerAddress: address) != nil
                    : own.contains(address.description)
                guard !isOwn else { continue }
            }
            findings.append(
                .warning(
                    setting.place.text,
                    "with this hardware address, the container gets neither \(found.address) nor "
                        + "its DNS name: LXC_DHCP_HOSTS reserves them for the hardware address "
                        + "that berth-nic gives \(facts.target.name)/\(container.escaped)",
                    facts.disable(setting.place)))
        }
        return findings
    }

    private static func key(_ facts: Facts) -> [Finding] {
        guard facts.config.needsNICHelper, facts.helpers.contains(where: \.isBerthNIC) else {
            return []
        }
        let path = Paths.identityKey
        let result = "so the hardware addresses of containers change at each start"
        let replacement = Fix.command("rm -r \(path)", by: .root)
        switch facts.usernet.keyObstacle {
        case nil: return [.ok(path, "containers keep their hardware addresses")]
        case .missing where facts.usernet.canCreateKey:
            return [.ok(path, "berth-nic creates it at the next start of a container")]
        case .missing:
            return [
                .warning(
                    path, "it does not exist and \(Paths.lxcConfiguration) is read-only, \(result)",
                    .advice("make \(Paths.lxcConfiguration) writable for the next start"))
            ]
        case .notPrivate:
            return [
                .warning(
                    path,
                    "it is not owned by root, or other users have permissions on it, \(result)",
                    .command("chown root:root \(path)", by: .root),
                    .command("chmod 600 \(path)", by: .root))
            ]
        case .notRegular: return [.warning(path, "it is not a file, \(result)", replacement)]
        case .wrongSize: return [.warning(path, "it is not 32 bytes long, \(result)", replacement)]
        case .failed(let errno): return [.unknown(path, "cannot examine it: \(errno)")]
        }
    }
}

/// A value of lxc.net.N.hwaddr that LXC accepts.
private enum HardwareAddress {
    case fixed(MACAddress)
    /// LXC replaces each x with a random digit.
    case template

    init?(_ value: UntrustedText) {
        let isTemplate = value.bytes.contains { $0 | 0x20 == UInt8(ascii: "x") }
        let digits = value.bytes.map { $0 | 0x20 == UInt8(ascii: "x") ? UInt8(ascii: "2") : $0 }
        guard let address = MACAddress(text: digits), isTemplate || address.isUnicast else {
            return nil
        }
        self = isTemplate ? .template : .fixed(address)
    }
}
