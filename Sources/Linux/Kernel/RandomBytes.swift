internal import CLinux

/// Random bytes from the kernel (getrandom(2)): for names and hardware addresses of NICs, names of
/// command cgroups, the key for hardware addresses, and the seed of the default IPv6 prefix.
package func randomBytes(_ count: Int) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let filled = try call {
        unsafe bytes.withUnsafeMutableBytes { unsafe getrandom($0.baseAddress, count, 0) }
    }
    // getrandom(2) returns up to 256 bytes in full.
    guard filled == count else { throw .EBADMSG }
    return bytes
}
