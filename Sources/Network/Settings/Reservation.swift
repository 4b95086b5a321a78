package import Identity
internal import Netlink

/// An IPv4 address that DHCP keeps for one container: dnsmasq's `dhcp-host`.
package struct Reservation: Hashable, Codable, Sendable, ListEntry {
    /// `aa:bb:cc:dd:ee:ff`, in lower case.
    package let hardwareAddress: String?
    package let address: IPv4Address
    /// The host name that the container sends.
    package let name: String?
    /// The user's container for which the address is kept, whatever it sends.
    package let container: IdentifiedNIC?

    /// Finds out whose NIC a setting names.
    package typealias Identify = (ContainerLabel) throws(InvalidEntry) -> IdentifiedNIC

    /// Parses `USER/NAME[:NUMBER],ADDRESS`, `MAC,ADDRESS[,NAME]` or `NAME,ADDRESS`.
    package init(
        _ text: String,
        identify: Identify = { label throws(InvalidEntry) in
            throw InvalidEntry("names \(label), whose user does not exist")
        }
    ) throws(InvalidEntry) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: ","), maxSplits: 3, omittingEmptySubsequences: false
        ).map { String(Substring($0)) }
        guard (2...3).contains(parts.count) else {
            throw InvalidEntry(
                "is not of the form USER/NAME,ADDRESS or MAC,ADDRESS or MAC,ADDRESS,NAME or "
                    + "NAME,ADDRESS")
        }
        guard let address = IPv4Address(parts[1]) else {
            throw InvalidEntry("has \"\(parts[1])\" instead of an IPv4 address")
        }
        self.address = address
        if parts[0].utf8.contains(UInt8(ascii: "/")) {
            guard parts.count == 2, let label = ContainerLabel(parts[0]) else {
                throw InvalidEntry(
                    "is not of the form USER/NAME,ADDRESS or USER/NAME:NUMBER,ADDRESS")
            }
            (hardwareAddress, name, container) = (nil, nil, try identify(label))
            return
        }
        container = nil
        if let hardware = MACAddress(text: parts[0].utf8) {
            guard hardware.isUnicast else {
                throw InvalidEntry("has a hardware address that is not unicast")
            }
            hardwareAddress = hardware.description
            name = parts.count == 3 ? parts[2] : nil
        } else {
            guard parts.count == 2 else {
                throw InvalidEntry("has \"\(parts[0])\" instead of a hardware address")
            }
            hardwareAddress = nil
            name = parts[0]
        }
        if let name, !HostName.isLabel(name) || Self.isKeyword(name) {
            throw InvalidEntry("has \"\(name)\" instead of a host name")
        }
    }

    /// Whether dnsmasq would parse the name as a keyword or a lease time.
    private static func isKeyword(_ name: String) -> Bool {
        let digits = "smhdwSMHDW".contains(name.last ?? "-") ? name.dropLast() : name[...]
        return ["ignore", "infinite"].contains(name)
            || !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    package enum Claim: Hashable {
        case address(IPv4Address)
        /// In lower case.
        case name(String)
        case hardwareAddress(String)
        /// `USER/NAME:NUMBER`.
        case container(String)
    }

    package var claims: [Claim] {
        [
            .address(address), name.map { .name($0.lowercased()) },
            hardwareAddress.map { .hardwareAddress($0) },
            container.map { .container($0.label.description) },
        ].compactMap { $0 }
    }

    /// What the address is reserved for, as in the setting.
    package var client: String { container?.label.description ?? hardwareAddress ?? name ?? "" }

    /// Whether the client with this hardware address is the one that the address is reserved for;
    /// `nil` if that is not known.
    package func mayBe(_ client: String) -> Bool? {
        if let container {
            return container.hardwareAddresses.isEmpty
                ? nil : container.hardwareAddresses.contains(client)
        }
        return hardwareAddress.map { $0 == client }
    }

    /// The same for a container whose hardware addresses are unknown.
    package var withoutHardwareAddresses: Reservation {
        guard let container else { return self }
        return Reservation(
            address,
            for: IdentifiedNIC(
                label: container.label, owner: container.owner, hardwareAddresses: []))
    }

    private init(_ address: IPv4Address, for container: IdentifiedNIC) {
        (hardwareAddress, name) = (nil, nil)
        (self.address, self.container) = (address, container)
    }

    /// The line in dnsmasq's hosts file; `nil` if the container's hardware address is unknown.
    ///
    /// A line with several hardware addresses is for one client that uses one of them at a time.
    /// `id:*` ignores the client identifier, so that a container keeps its address when it is
    /// created again.
    /// - Parameter tag: the tag of clients whose host name reserves nothing, if there are any.
    package func line(except tag: String? = nil) -> String? {
        if let container {
            guard !container.hardwareAddresses.isEmpty else { return nil }
            return container.hardwareAddresses.joined(separator: ",") + ",\(address)"
        }
        if let hardwareAddress {
            return "\(hardwareAddress),id:*,\(address)" + (name.map { ",\($0)" } ?? "")
        }
        return (tag.map { "tag:!\($0)," } ?? "") + "\(name ?? ""),\(address)"
    }
}
