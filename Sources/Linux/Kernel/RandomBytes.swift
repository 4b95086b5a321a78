internal import CLinux

/// Random bytes from the kernel: see getrandom(2).
package func randomBytes(_ count: Int) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let filled = try call {
        unsafe bytes.withUnsafeMutableBytes { unsafe getrandom($0.baseAddress, count, 0) }
    }
    // getrandom(2) returns up to 256 bytes in full.
    guard filled == count else { throw .EBADMSG }
    return bytes
}
