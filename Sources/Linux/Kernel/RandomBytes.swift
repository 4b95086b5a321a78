internal import CLinux

/// Bytes that nobody can foresee, from the kernel.
package func randomBytes(_ count: Int) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let filled = try call {
        unsafe bytes.withUnsafeMutableBytes { unsafe getrandom($0.baseAddress, count, 0) }
    }
    // Up to 256 bytes are never given in part: see getrandom(2).
    guard filled == count else { throw .badMessage }
    return bytes
}
