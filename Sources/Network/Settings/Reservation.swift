/// An address kept for one container, whom DHCP knows by its hardware address or by its name.
package struct Reservation: Hashable, Codable, Sendable {
    /// `aa:bb:cc:dd:ee:ff`, in small letters.
    package let hardwareAddress: String?
    package let address: IPv4Address
    package let name: String?

    package struct Fault: Error { package let sentence: String }

    /// `MAC,ADDRESS[,NAME]` or `NAME,ADDRESS`
    package init(_ text: String) throws(Fault) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count) else {
            throw Fault(
                sentence: "is not of the form MAC,ADDRESS or MAC,ADDRESS,NAME or NAME,ADDRESS")
        }
        guard let address = IPv4Address(parts[1]) else {
            throw Fault(sentence: "has \"\(parts[1])\" where an IPv4 address is needed")
        }
        self.address = address
        if let hardware = HardwareAddressText(parts[0]) {
            guard hardware.isUnicast else {
                throw Fault(sentence: "has a hardware address that no container can have")
            }
            hardwareAddress = HardwareAddressText.text(hardware.bytes)
            name = parts.count == 3 ? parts[2] : nil
        } else {
            guard parts.count == 2 else {
                throw Fault(sentence: "has \"\(parts[0])\" where a hardware address is needed")
            }
            hardwareAddress = nil
            name = parts[0]
        }
        if let name, !HostName.isLabel(name) || Self.isKeyword(name) {
            throw Fault(sentence: "has \"\(name)\" where a host's name is needed")
        }
    }

    /// What dnsmasq takes for something else than a name: an order, or the time of a lease.
    private static func isKeyword(_ name: String) -> Bool {
        let digits = name.utf8.dropLast("smhdwSMHDW".utf8.contains(name.utf8.last ?? 0) ? 1 : 0)
        return ["ignore", "infinite"].contains(name)
            || !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Its line in the file that dnsmasq reads. `id:*`: whatever identity the client claims besides, a
    /// container that was made anew keeps its address.
    package var line: String {
        if let hardwareAddress {
            "\(hardwareAddress),id:*,\(address)" + (name.map { ",\($0)" } ?? "")
        } else {
            "\(name ?? ""),\(address)"
        }
    }
}

/// What DNS accepts as a name.
enum HostName {
    /// - Parameter mayHaveUnderscores: as a domain may, whose names are not all hosts'.
    static func isLabel(_ text: String, mayHaveUnderscores: Bool = false) -> Bool {
        let bytes = Array(text.utf8)
        return (1...63).contains(bytes.count) && bytes.first != 0x2d && bytes.last != 0x2d
            && bytes.allSatisfy {
                (0x61...0x7a).contains($0) || (0x41...0x5a).contains($0)
                    || (0x30...0x39).contains($0) || $0 == 0x2d
                    || mayHaveUnderscores && $0 == 0x5f
            }
    }

    static func isDomain(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false)
                .allSatisfy { isLabel(String($0), mayHaveUnderscores: true) }
    }
}
