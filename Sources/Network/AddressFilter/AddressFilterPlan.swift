internal import Identity

/// The filter's table as it is on the host, and what it should contain.
package struct ObservedAddressFilter: Sendable {
    /// The table as nft(8) lists it, without elements and counters; `nil` if it does not exist.
    package var listing: String?
    package var elements: [String: [FilterElements.Listed]] = [:]
    /// The NICs with `ipfilter` on networks of berth-net.
    package var nics: [FilterElements.NIC] = []
    /// The hardware addresses of all NICs of the host with `ipfilter`, even of those that are on no
    /// bridge.
    package var addresses: Set<String> = []
    /// The leases of clients with `ipfilter`; `nil` if they cannot be read.
    package var grants: [FilterElements.Grant]?
    /// The claims that were saved; only if the table does not exist.
    package var savedClaims: [AddressClaim] = []
    /// The IPv6 addresses of neighbors without `ipfilter` that the host knows; only if the table
    /// does not exist.
    package var neighbors: [IPv6Address] = []

    package init() {}

    var isNeeded: Bool { !addresses.isEmpty }

    var claims: [AddressClaim] { (elements["own6"] ?? []).compactMap { AddressClaim($0.text) } }

    /// The existing sets with the NICs of a bridge (`nics_…`).
    fileprivate var nicSets: [String] {
        (listing ?? "").split(separator: "\n").compactMap { line in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count == 3, words[0] == "set", words[1].hasPrefix("nics_") else {
                return nil
            }
            return String(words[1])
        }
    }
}

extension Record {
    /// The filter's table as berth-net last loaded it.
    package struct AppliedAddressFilter: Codable, Hashable, Sendable {
        /// The digest of the script.
        package var rendered: String
        /// The digest of the table as nft(8) listed it afterwards.
        package var observed: String
        /// ``RuleListing/outline``, and the version of nft(8) that made the listing: see
        /// ``RuleTools``. `nil` in records of earlier builds.
        package var outline: String?
        package var tool: String?

        package init(
            rendered: String, observed: String, outline: String? = nil, tool: String? = nil
        ) {
            self.rendered = rendered
            self.observed = observed
            self.outline = outline
            self.tool = tool
        }
    }
}

/// The changes to the filter's table.
package struct AddressFilterPlan: Sendable {
    package private(set) var changes: [Change] = []
    package let elements: ElementChanges

    /// - Parameter desired: `nil` if no network needs the filter.
    /// - Parameter tool: the nft(8) that listed the table.
    package init(
        _ desired: AddressFilter?, _ observed: ObservedAddressFilter,
        _ record: Record.AppliedAddressFilter?, nft tool: String? = nil
    ) {
        guard let desired else {
            elements = ElementChanges()
            // A NIC of a network that is gone stays cut off.
            if observed.listing != nil, !observed.isNeeded { changes = [.removal] }
            return
        }
        let isCurrent =
            observed.listing.map {
                record?.rendered == desired.digest
                    && record?.isIntact(RuleListing($0), tool: tool) ?? false
            } ?? false
        elements = ElementChanges(
            from: observed, networks: desired.networks.map(\.bridge),
            claims: observed.savedClaims)
        guard !isCurrent || !elements.isEmpty else { return }
        let names = desired.networks.map { AddressFilter.nics(on: $0.bridge) }
        var script = ""
        if !isCurrent {
            script = desired.script(removing: observed.nicSets.filter { !names.contains($0) })
        }
        script += elements.script
        let table = "firewall table \(AddressFilter.table)"
        let change = AddressFilterChange(
            sign: observed.listing == nil ? "+" : "~",
            sentence: isCurrent ? "\(table): NICs and leases" : "\(table), for ipfilter",
            script: script,
            // Later changes do not depend on a table that was only updated.
            undo: observed.listing == nil && observed.nics.isEmpty
                ? NftDialect.removal(of: [AddressFilter.table]) : nil,
            networks: elements.removesNICs ? desired.networks.map(\.bridge) : [])
        changes = [.addressFilter(change)]
    }
}

extension AddressFilter {
    package var digest: String { SHA256.hexDigest(script().utf8) }
}

/// A change to the filter's table.
package struct AddressFilterChange: Sendable {
    package let sign: String
    package let sentence: String
    /// For nft(8), in one transaction.
    package let script: String
    /// `nil` if there is nothing to undo.
    package let undo: String?
    /// The networks whose NICs are looked up and added again afterwards.
    let networks: [BridgeName]

    var inverse: AddressFilterChange? {
        undo.map {
            AddressFilterChange(
                sign: "-", sentence: sentence, script: $0, undo: nil, networks: [])
        }
    }
}

extension Change {
    fileprivate static let removal = Change.addressFilter(
        AddressFilterChange(
            sign: "-", sentence: "firewall table \(AddressFilter.table)",
            script: NftDialect.removal(of: [AddressFilter.table]), undo: nil, networks: []))

    var isAddressFilter: Bool { if case .addressFilter = self { true } else { false } }
}
