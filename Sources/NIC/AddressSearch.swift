internal import Identity
internal import Linux
internal import Netlink
internal import Usernet

/// What berth-nic derives hardware addresses from, and the reserved addresses.
struct AddressSource {
    /// `nil` without a usable key: then addresses are random.
    let key: IdentityKey?
    private let reserved: ReservedAddresses

    static func load(_: borrowing RootPrivilege) -> AddressSource {
        let key = try? IdentityKey.loadOrCreate()
        return AddressSource(key: key, reserved: key == nil ? ReservedAddresses() : .load())
    }

    func isReserved(
        _ address: MACAddress, on bridge: UsernetBridge, otherThanFor identity: ContainerIdentity
    ) -> Bool {
        reserved.isReserved(address, on: bridge, otherThanFor: identity)
    }
}

/// The number of a NIC among those of its container on the bridge, and its hardware addresses.
struct Assignment {
    let number: Int
    /// The last four bytes of both addresses; `nil` for random ones.
    let tail: [UInt8]?
}

/// NICs that were looked up for other reasons.
struct KnownNICs {
    /// The numbers of those that the container has.
    var numbers: [Int] = []
    /// A NIC with the container's name that may be left over from its previous run.
    var former: FormerNIC?
}

/// What was looked for, or a former NIC that must be dealt with first, without the lock.
enum Search<Found> {
    case found(Found)
    case blocked(by: FormerNIC)
}

extension Create {
    borrowing func assign(
        _ block: HardwareBlock, _ known: KnownNICs, _ findings: NamespaceFindings
    ) throws(Refusal) -> Search<Assignment> {
        if let former = known.former { return .blocked(by: former) }
        guard let key = source.key else {
            let number = (0...known.numbers.count).first { !known.numbers.contains($0) } ?? 0
            return .found(Assignment(number: number, tail: nil))
        }
        return try AddressSearch(block, key, known, findings, session).run(for: self)
    }
}

/// Finds the number and the address of a NIC, while the lock of the ledger is held.
struct AddressSearch {
    private let block: HardwareBlock
    private let key: IdentityKey
    private let known: KnownNICs
    private let findings: NamespaceFindings
    /// All interfaces, for a bridge without a forwarding table; otherwise `nil`.
    private let interfaces: [Interface]?

    init(
        _ block: HardwareBlock, _ key: IdentityKey, _ known: KnownNICs,
        _ findings: NamespaceFindings, _ session: borrowing HelperSession
    ) throws(Refusal) {
        self.block = block
        self.key = key
        self.known = known
        self.findings = findings
        switch session.bridge {
        case .linux: interfaces = nil
        case .none, .openVSwitch:
            interfaces = try netlink { () throws(NetlinkError) in
                try session.kernel.interfaces()
            }
        }
    }

    /// Up to this number, the search tries each one, so that it finds the lowest free number.
    private static let triedInTurn = 8
    /// From this number on, any port with the derived address counts as a NIC of the container.
    /// Each look-up waits for a lock that the kernel holds while it removes interfaces.
    private static let unverified = 4
    /// How many addresses of a sequence are tried.
    private static let longestSequence = 16

    /// The lowest number that no NIC of the container on this bridge holds. For a container with
    /// many NICs, a free number above those, found by an exponential and then a binary search, so
    /// that the time barely depends on the number of NICs.
    func run(for create: borrowing Create) throws(Refusal) -> Search<Assignment> {
        for number in 0..<Self.triedInTurn {
            switch try spot(number, create) {
            case .held: continue
            case .free(let tail): return .found(Assignment(number: number, tail: tail))
            case .blocked(let former): return .blocked(by: former)
            }
        }
        var held = Self.triedInTurn - 1
        var free = Self.triedInTurn
        while case .held = try spot(free, create) {
            held = free
            free *= 2
        }
        while free - held > 1 {
            let middle = (held + free) / 2
            if case .held = try spot(middle, create) { held = middle } else { free = middle }
        }
        return switch try spot(free, create) {
        case .free(let tail): .found(Assignment(number: free, tail: tail))
        case .blocked(let former): .blocked(by: former)
        case .held: throw .kernel(NetlinkError("find a number for the NIC", .EEXIST))
        }
    }

    private enum Spot {
        case held
        case free([UInt8])
        case blocked(by: FormerNIC)
    }

    private func spot(
        _ number: Int, _ create: borrowing Create
    ) throws(Refusal) -> Spot {
        if known.numbers.contains(number) { return .held }
        let identity = create.container.identity(number)
        for sequence in 0..<Self.longestSequence {
            let tail = identity.addressTail(
                on: create.request.bridge, sequence: sequence, key: key)
            let isReserved = create.source.isReserved(
                block.containerAddress(tail), on: create.request.bridge, otherThanFor: identity)
            guard let port = try port(at: block.hostAddress(tail), create.session) else {
                if isReserved { continue }
                return .free(tail)
            }
            if number >= Self.unverified { return .held }
            // The owner of another port, such as a tap device, can give it any address.
            guard let nic = try nic(at: port, create.session), nic.kind == .veth else {
                if isReserved { continue }
                return .free(tail)
            }
            guard create.container.number(of: nic) == number else { continue }
            switch try create.standing(of: nic, findings) {
            case .held: return .held
            case .former(let former): return .blocked(by: former)
            }
        }
        throw .kernel(NetlinkError("find an unused hardware address for the NIC", .EEXIST))
    }

    /// The port whose own hardware address is this one.
    private func port(
        at address: MACAddress, _ session: borrowing HelperSession
    ) throws(Refusal) -> InterfaceIndex? {
        if let interfaces { return interfaces.first { $0.address == address }?.index }
        guard case .linux(let bridge, _, _) = session.bridge else { return nil }
        return try netlink { () throws(NetlinkError) in
            try session.kernel.port(of: bridge, withAddress: address)
        }
    }

    private func nic(
        at port: InterfaceIndex, _ session: borrowing HelperSession
    ) throws(Refusal) -> Interface? {
        if let interfaces { return interfaces.first { $0.index == port } }
        return try netlink { () throws(NetlinkError) in try session.kernel.interface(at: port) }
    }
}
