internal import CLinux

/// Sets of capabilities, one bit each: see capget(2) and capabilities(7).
struct Capabilities: Equatable {
    var permitted: UInt64 = 0
    var effective: UInt64 = 0

    static func ofThisProcess() throws(Errno) -> Capabilities {
        var sets = Capabilities()
        try call { unsafe linux_capget(&sets.permitted, &sets.effective) }
        return sets
    }
}

private let netAdmin: UInt64 = 1 << UInt64(CAP_NET_ADMIN)

/// Drops all capabilities but CAP_NET_ADMIN, by capset(2).
func keepOnlyNetAdmin() throws(Errno) {
    try call { linux_capset(netAdmin, netAdmin) }
}
