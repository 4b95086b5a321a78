internal import Linux

/// The names of one address, as a file for dnsmasq's `--hostsdir`.
package struct PublishedNames: Equatable, Sendable {
    package let address: IPv4Address
    /// The hardware address of the lease; `nil` if the address is reserved and not leased.
    package let hardwareAddress: String?
    /// Without duplicates. The first one is the answer to a reverse look-up.
    package let names: [String]

    package init(address: IPv4Address, hardwareAddress: String?, names: [String]) {
        self.address = address
        self.hardwareAddress = hardwareAddress
        self.names = names
    }

    /// The name of the file.
    package var file: String { address.description }

    /// A comment with the hardware address, then a line as in hosts(5).
    package var text: String {
        "# \(hardwareAddress ?? "reserved")\n\(address) \(names.joined(separator: " "))\n"
    }

    /// Parses the contents of a file. Files of any other form are replaced.
    package init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty, lines[0].hasPrefix("# ") else { return nil }
        let words = lines[1].split(separator: " ", omittingEmptySubsequences: false)
            .map(String.init)
        guard let address = IPv4Address(words[0]), words.count > 1,
            words.dropFirst().allSatisfy(HostName.isDomain)
        else { return nil }
        let client = String(lines[0].dropFirst(2))
        self.init(
            address: address, hardwareAddress: client == "reserved" ? nil : client,
            names: Array(words.dropFirst()))
        guard self.text == text else { return nil }
    }
}
