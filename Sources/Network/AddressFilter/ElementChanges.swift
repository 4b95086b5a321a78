internal import Identity
internal import Netlink

/// The differences between the elements of the filter's sets and those that NICs and leases need.
package struct ElementChanges: Sendable {
    /// Commands for nft(8), each of which succeeds whether or not its element exists.
    package private(set) var lines: [String] = []
    /// Whether hardware addresses were removed. A container may have been restarted, with a NIC of
    /// the same address, since the interfaces were listed.
    package private(set) var removesNICs = false
    /// Whether an element belongs to no lease, but is too recent to be removed.
    package private(set) var isUnsettled = false

    package init() {}

    /// - Parameter claims: the IPv6 addresses that NICs had claimed before the table was lost.
    package init(
        from observed: ObservedAddressFilter, networks: [BridgeName], claims: [AddressClaim] = []
    ) {
        let listed = observed.elements
        admit(observed.nics, listed)
        expel(listed, observed.nics, networks)
        // A NIC that lost its bridge is reattached, and its container does not repeat claims.
        let live = observed.addresses
        for claim in claims where live.contains(claim.hardwareAddress) { renew(claim) }
        for address in observed.neighbors { add(AddressFilter.number(address.number), to: "used6") }
        if !networks.isEmpty { updateClaims(listed, live) }
        if let grants = observed.grants { update(listed, grants) }
    }

    package init(adding nics: [FilterElements.NIC]) { admit(nics, [:]) }

    /// Removes leases before they are released.
    package init(withdrawing grants: [FilterElements.Grant]) {
        for grant in grants {
            remove(grant.text, from: "lease")
            remove(grant.address, from: "leased")
        }
    }

    package var isEmpty: Bool { lines.isEmpty }

    package var script: String { lines.map { "\($0)\n" }.joined() }

    private mutating func admit(
        _ nics: [FilterElements.NIC], _ listed: [String: [FilterElements.Listed]]
    ) {
        for nic in nics {
            let address = nic.hardwareAddress.description
            for (set, text) in nic.elements
            where !(listed[set] ?? []).contains(where: { $0.hardwareAddress == address }) {
                add(text, to: set)
            }
        }
    }

    private mutating func expel(
        _ listed: [String: [FilterElements.Listed]], _ nics: [FilterElements.NIC],
        _ networks: [BridgeName]
    ) {
        for bridge in networks {
            let set = AddressFilter.nics(on: bridge)
            let own = nics.filter { $0.bridge == bridge }.map(\.hardwareAddress.description)
            for element in listed[set] ?? [] where !own.contains(element.hardwareAddress) {
                remove(element.text, from: set)
                removesNICs = true
                guard let address = MACAddress(text: Array(element.hardwareAddress.utf8)),
                    !nics.contains(where: { $0.hardwareAddress == address })
                else { continue }
                let nic = FilterElements.NIC(bridge: bridge, hardwareAddress: address)
                for (set, text) in nic.elements.dropFirst() { remove(text, from: set) }
            }
        }
    }

    private mutating func update(
        _ listed: [String: [FilterElements.Listed]], _ grants: [FilterElements.Grant]
    ) {
        var kept: Set<String> = []
        let known = Dictionary(grants.map { ($0.text, $0) }, uniquingKeysWith: { $1 })
        var present: [String: FilterElements.Listed] = [:]
        for element in listed["lease"] ?? [] {
            present[element.text] = element
            let address = element.text.split(separator: " ").last.map(String.init) ?? ""
            if known[element.text] != nil {
                kept.insert(address)
            } else if element.isFresh {
                kept.insert(address)
                isUnsettled = true
            } else {
                remove(element.text, from: "lease")
            }
        }
        for grant in grants {
            kept.insert(grant.address)
            guard !isSettled(grant, present[grant.text]) else { continue }
            for (set, text) in [("lease", grant.text), ("leased", grant.address)] {
                // The timeout of an element that exists cannot be changed.
                remove(text, from: set)
                add(text, to: set, for: grant.lifetime, expiringIn: grant.remaining)
            }
        }
        for element in listed["leased"] ?? [] where !kept.contains(element.text) {
            if element.isFresh {
                isUnsettled = true
            } else {
                remove(element.text, from: "leased")
            }
        }
    }

    /// Whether the element of a lease expires with the lease.
    private func isSettled(
        _ grant: FilterElements.Grant, _ element: FilterElements.Listed?
    ) -> Bool {
        guard let element else { return false }
        let missing = grant.remaining - min(element.expires ?? .max, grant.remaining)
        return missing <= max(FilterElements.tolerance, grant.remaining / 2)
            && element.timeout ?? .max >= grant.lifetime
    }

    /// Renews the claims of NICs that exist, so that an address does not expire while its container
    /// sends nothing, and shortens the others.
    private mutating func updateClaims(
        _ listed: [String: [FilterElements.Listed]], _ live: Set<String>
    ) {
        var owned: Set<String> = []
        let claims = listed["own6"] ?? []
        // A user can repeatedly start containers with new names, each of which claims addresses.
        let isHalfFull = claims.count > AddressFilter.largestSet / 2
        for element in claims {
            guard let claim = AddressClaim(element.text),
                !isHalfFull || live.contains(claim.hardwareAddress)
            else {
                remove(element.text, from: "own6")
                continue
            }
            owned.insert(claim.address)
            let expires = element.expires ?? .max
            if !live.contains(claim.hardwareAddress) {
                if expires > AddressClaim.graceTime {
                    renew(claim, expiringIn: AddressClaim.graceTime)
                }
            } else if expires < AddressClaim.renewalTime {
                renew(claim)
            }
        }
        for element in listed["owned6"] ?? [] where !owned.contains(element.text) {
            remove(element.text, from: "owned6")
        }
    }

    private mutating func renew(_ claim: AddressClaim, expiringIn rest: Int? = nil) {
        for (set, text) in [("own6", claim.text), ("owned6", claim.address)] {
            remove(text, from: set)
            add(text, to: set, expiringIn: rest)
        }
    }

    private mutating func add(
        _ text: String, to set: String, for timeout: Int? = nil, expiringIn rest: Int? = nil
    ) {
        let times =
            (timeout.map { " timeout \($0)s" } ?? "") + (rest.map { " expires \($0)s" } ?? "")
        lines.append("add element \(AddressFilter.table) \(set) { \(text)\(times) }")
    }

    /// Adds the element first: deleting one that has expired would be an error.
    private mutating func remove(_ text: String, from set: String) {
        add(text, to: set)
        lines.append("delete element \(AddressFilter.table) \(set) { \(text) }")
    }
}
